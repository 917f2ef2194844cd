import { Injectable } from '@nestjs/common';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';

/** Beside what every new tenant has. */
export interface ImportedTenantFields {
  id: string;
  externalId: string;
  status: 'active' | 'suspended';
  requireTwoFactor: boolean;
  allowTrustedDevices: boolean;
}

/** A role by the name that a file gives its tenant: `id:` and the external id, or `slug:` and the slug. */
export interface NamedRole {
  tenant: string;
  tenantId: string;
  key: string;
  roleId: string;
}

export interface ImportedMembership {
  id: string;
  tenantId: string;
  userId: string;
  roleId: string;
  status: 'active' | 'suspended';
}

/** Tenants and memberships that come from another system. */
@Injectable()
export class ImportedTenantsRepository {
  /** The ids of the tenants that were imported before, by their external id. */
  async findImported(tx: Transaction, externalIds: string[]): Promise<Map<string, string>> {
    const rows = await tx.many<{ externalId: string; id: string }>(FIND_IMPORTED, [externalIds]);
    return new Map(rows.map(({ externalId, id }) => [externalId, id]));
  }

  /** Returns false if another tenant has the external id, also one that a concurrent transaction imports. */
  async complete(tx: Transaction, tenant: ImportedTenantFields): Promise<boolean> {
    const { id, externalId, status, requireTwoFactor, allowTrustedDevices } = tenant;
    const values = [id, externalId, requireTwoFactor, allowTrustedDevices, status];
    return (await tx.execute(COMPLETE, values)) === 1;
  }

  /** One import of a tenant with this external id at a time, until its transaction ends. */
  async lockExternalId(tx: Transaction, externalId: string): Promise<void> {
    await tx.execute(LOCK_EXTERNAL_ID, [externalId]);
  }

  /** The roles of these tenants, which stay until the transaction ends. */
  lockRoles(tx: Transaction, externalIds: string[], slugs: string[]): Promise<NamedRole[]> {
    return tx.many<NamedRole>(LOCK_ROLES, [externalIds, slugs]);
  }

  async insertMemberships(tx: Transaction, memberships: ImportedMembership[]): Promise<void> {
    await tx.execute(INSERT_MEMBERSHIPS, [JSON.stringify(memberships)]);
  }

  async count(tx: PeopleTransaction): Promise<number> {
    return (await tx.one<{ n: number }>('SELECT count(*)::int AS n FROM tenants'))?.n ?? 0;
  }

  /** Tenants with their roles, in the order of their ids, after this one. */
  page(tx: PeopleTransaction, after: string, limit: number): Promise<ExportedTenant[]> {
    return tx.many<ExportedTenant>(PAGE, [after, limit]);
  }
}

export interface ExportedTenant {
  id: string;
  externalId: string | null;
  name: string;
  slug: string;
  businessType: string | null;
  status: 'active' | 'suspended';
  requireTwoFactor: boolean;
  allowTrustedDevices: boolean;
  roles: { key: string; name: string; level: number; permissions: Record<string, Record<string, boolean>> }[];
}

/** $1 external ids. */
const FIND_IMPORTED = `
  SELECT external_id AS "externalId", id FROM tenants WHERE external_id IS NOT NULL AND external_id = ANY ($1::text[])`;

/** $1 id, $2 external id, $3 whether members need a second factor, $4 whether devices may be trusted, $5 the status. */
const COMPLETE = `
  UPDATE tenants SET external_id = $2, require_two_factor = $3, allow_trusted_devices = $4, status = $5
  WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM tenants other WHERE other.external_id IS NOT NULL AND other.external_id = $2)`;

const LOCK_EXTERNAL_ID = `SELECT pg_advisory_xact_lock(hashtextextended('tenant-external-id:' || $1, 0))`;

/** $1 external ids, $2 slugs. */
const LOCK_ROLES = `
  SELECT named.name AS tenant, t.id AS "tenantId", r.key, r.id AS "roleId"
  FROM (SELECT 'id:' || t.external_id AS name, t.id FROM tenants t
        WHERE t.external_id IS NOT NULL AND t.external_id = ANY ($1::text[])
        UNION ALL SELECT 'slug:' || t.slug, t.id FROM tenants t WHERE t.slug = ANY ($2::text[])) AS named
  JOIN tenants t ON t.id = named.id JOIN roles r ON r.tenant_id = t.id
  FOR KEY SHARE OF r`;

/** $1 a JSON array of ImportedMembership. */
const INSERT_MEMBERSHIPS = `
  INSERT INTO memberships (id, tenant_id, user_id, role_id, status)
  SELECT id, "tenantId", "userId", "roleId", status
  FROM jsonb_to_recordset($1::jsonb) AS m (id uuid, "tenantId" uuid, "userId" uuid, "roleId" uuid, status text)`;

/** $1 tenant, $2 limit. */
const PAGE = `
  SELECT t.id, t.external_id AS "externalId", t.name, t.slug, t.business_type AS "businessType", t.status,
    t.require_two_factor AS "requireTwoFactor", t.allow_trusted_devices AS "allowTrustedDevices",
    COALESCE((SELECT jsonb_agg(jsonb_build_object('key', r.key, 'name', r.name, 'level', r.level,
      'permissions', r.permissions) ORDER BY r.id) FROM roles r WHERE r.tenant_id = t.id), '[]') AS roles
  FROM tenants t WHERE t.id > $1 ORDER BY t.id LIMIT $2`;
