import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { TenantStatus } from '../tenants/tenants.repository.js';

/** A tenant as operators see it. */
export interface TenantRecord {
  id: string;
  slug: string;
  name: string;
  businessType: string | null;
  status: TenantStatus;
  /** When it may be erased; null if its deletion was not requested. */
  deletionAt: Date | null;
  createdAt: Date;
}

export interface TenantsQuery {
  /** A part of the name or slug, in any case. */
  search: string | null;
  status: TenantStatus | null;
  after: string | null;
  limit: number;
}

/** Reads tenants for operators, who are in none. */
@Injectable()
export class TenantRecordsRepository {
  constructor(private readonly database: Database) {}

  /** In the order of their ids, which is that of their creation. */
  list({ search, status, after, limit }: TenantsQuery): Promise<TenantRecord[]> {
    const values = [search, status, after, limit];
    return this.database.autocommitAcrossTenants.many<TenantRecord>(LIST, values);
  }

  async find(id: string): Promise<(TenantRecord & { members: number }) | null> {
    return this.database.autocommitAcrossTenants.one<TenantRecord & { members: number }>(FIND, [id]);
  }
}

const COLUMNS = `
  t.id, t.slug, t.name, t.business_type AS "businessType", t.status, t.deletion_at AS "deletionAt",
  t.created_at AS "createdAt"`;

/** $1 part of a name or null, $2 status or null, $3 id or null, $4 limit. */
const LIST = `
  SELECT ${COLUMNS} FROM tenants t
  WHERE ($1::text IS NULL OR strpos(lower(t.name), lower($1)) > 0 OR strpos(t.slug, lower($1)) > 0)
    AND ($2::text IS NULL OR t.status = $2)
    AND t.id > COALESCE($3::uuid, '00000000-0000-0000-0000-000000000000')
  ORDER BY t.id LIMIT $4`;

/** $1 tenant. */
const FIND = `
  SELECT ${COLUMNS}, (SELECT count(*)::int FROM memberships m WHERE m.tenant_id = t.id) AS members
  FROM tenants t WHERE t.id = $1`;
