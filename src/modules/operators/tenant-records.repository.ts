import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Database } from '../../database/database.js';
import type { TenantStatus } from '../tenants/tenants.repository.js';
import { partLength } from '../tenants/text-parts.js';

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
  list(query: TenantsQuery): Promise<TenantRecord[]> {
    const [text, values] = selectTenants(query);
    return this.database.autocommitAcrossTenants.many<TenantRecord>(text, values);
  }

  async find(id: string): Promise<(TenantRecord & { members: number }) | null> {
    return this.database.autocommitAcrossTenants.one<TenantRecord & { members: number }>(FIND, [id]);
  }
}

const COLUMNS = `
  t.id, t.slug, t.name, t.business_type AS "businessType", t.status, t.deletion_at AS "deletionAt",
  t.created_at AS "createdAt"`;

/** As constants, which the indexes on them require: PostgreSQL would sort what an index on both has. */
const STATUSES: Record<TenantStatus, string> = { active: `'active'`, suspended: `'suspended'` };

/** One page of tenants, in the order of their ids. */
function selectTenants({ search, status, after, limit }: TenantsQuery): [string, unknown[]] {
  const values: unknown[] = [after ?? NIL, limit];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const wanted = status && STATUSES[status];
  const next = `SELECT * FROM tenants WHERE id > $1 ${wanted ? `AND status = ${wanted}` : ''} ORDER BY id`;
  const page = search ? searchPage(next, parameter(search), wanted) : `${next} LIMIT $2`;
  return [`SELECT ${COLUMNS} FROM (${page}) t ORDER BY t.id`, values];
}

/** So many tenants are read before the index of texts is: they suffice for frequent texts, and where tenants are few. */
const NEAR = 500;

/** $1 the last tenant of the previous page, $2 limit. `next` are the tenants after it, in their order. */
const searchPage = (next: string, search: string, status: string | null) => `
  WITH near AS MATERIALIZED (${next} LIMIT ${NEAR}
  ), near_page AS MATERIALIZED (
    SELECT * FROM near WHERE strpos(tenant_text(name, slug), lower(${search})) > 0 ORDER BY id LIMIT $2
  ), choice AS MATERIALIZED (
    SELECT (SELECT count(*) FROM near) < ${NEAR} OR (SELECT count(*) FROM near_page) >= $2 AS is_near
  ), found AS MATERIALIZED (
    SELECT id FROM find_tenants(lower(${search}), ${partLength(`lower(${search})`)}, ${status ?? 'NULL'}, $1, $2) AS id
    WHERE NOT (SELECT is_near FROM choice)
  )
  (SELECT * FROM near_page WHERE (SELECT is_near FROM choice))
  UNION ALL
  (SELECT m.* FROM found CROSS JOIN LATERAL (SELECT * FROM tenants WHERE id = found.id OFFSET 0) m LIMIT $2)`;

/** $1 tenant. */
const FIND = `
  SELECT ${COLUMNS}, (SELECT count(*)::int FROM memberships m WHERE m.tenant_id = t.id) AS members
  FROM tenants t WHERE t.id = $1`;
