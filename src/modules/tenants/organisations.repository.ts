import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { PeopleTransaction } from '../../database/transaction.js';

/** A tenant in the list of a person's own tenants; the published contracts call it an organisation. */
export interface Organisation {
  id: string;
  name: string;
  slug: string;
  businessType: string | null;
  /** The key of the person's role there. */
  role: string;
  roleLevel: number;
  /** This is the session's active tenant. */
  active: boolean;
}

/** Whose tenants to read, and which of them is active in the session. */
interface Reader {
  userId: string;
  activeId: string | null;
}

/** Reads the tenants in which a person's membership is active. */
@Injectable()
export class OrganisationsRepository {
  constructor(private readonly database: Database) {}

  /** In order of joining. */
  list(reader: Reader): Promise<Organisation[]> {
    return read(this.database.autocommitAcrossTenants, reader, null);
  }

  async find(tx: PeopleTransaction, reader: Reader, tenantId: string): Promise<Organisation | null> {
    const [organisation] = await read(tx, reader, tenantId);
    return organisation ?? null;
  }
}

function read(
  across: Queries,
  { userId, activeId }: Reader,
  tenantId: string | null,
): Promise<Organisation[]> {
  return across.many<Organisation>(READ_ORGANISATIONS, [userId, activeId, tenantId]);
}

/** $1 user, $2 the active tenant or null, $3 one tenant, or null for all. */
const READ_ORGANISATIONS = `
  SELECT t.id, t.name, t.slug, t.business_type AS "businessType", r.key AS role, r.level AS "roleLevel",
    t.id IS NOT DISTINCT FROM $2::uuid AS active
  FROM memberships m
  JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  WHERE m.user_id = $1 AND m.status = 'active' AND ($3::uuid IS NULL OR t.id = $3)
  ORDER BY m.created_at, m.id`;
