import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import type { PageRequest } from '../../common/pagination.js';
import type { TenantReads, TenantTransaction } from '../../database/transaction.js';
import { isCheckViolation, isForeignKeyViolation } from '../../database/violations.js';
import { RoleEntity } from './entities/role.entity.js';
import type { Role } from './role.js';
import { RoleInUse } from './tenants.errors.js';

export interface ManagedRole extends Role {
  /** Includes suspended members; excludes those whose account deletion is pending, as the list of members does. */
  memberCount: number;
  createdAt: Date;
}

/** The roles of a tenant. */
@Injectable()
export class RolesRepository {
  /** In order of creation; one more than the page, so that the caller knows whether there are more. */
  list(tx: TenantReads, { after, limit }: PageRequest): Promise<ManagedRole[]> {
    return tx.many<ManagedRole>(LIST_ROLES, [tx.tenantId, after ?? NIL, limit + 1]);
  }

  find(tx: TenantReads, id: string): Promise<ManagedRole | null> {
    return tx.one<ManagedRole>(FIND_ROLE, [tx.tenantId, id]);
  }

  /** Locks the role against deletion until the transaction ends: nobody gets a role that is being deleted. */
  lockByKey(tx: TenantTransaction, key: string): Promise<Role | null> {
    return tx.one<Role>(LOCK_ROLE, [tx.tenantId, key]);
  }

  count(tx: TenantTransaction): Promise<number> {
    return tx.manager.countBy(RoleEntity, { tenantId: tx.tenantId });
  }

  /** Returns false if the key is taken. */
  async insert(tx: TenantTransaction, role: Role): Promise<boolean> {
    const { id, key, name, level, permissions } = role;
    return (await tx.execute(INSERT_ROLE, [tx.tenantId, id, key, name, level, permissions])) === 1;
  }

  /** The roles of a new tenant. */
  async insertAll(tx: TenantTransaction, roles: Role[]): Promise<void> {
    await tx.execute(INSERT_ROLES, [tx.tenantId, JSON.stringify(roles)]);
  }

  /** Absent fields keep their values. */
  async update(tx: TenantTransaction, id: string, changes: Partial<Omit<Role, 'id' | 'key'>>): Promise<void> {
    const isChanged = Object.values(changes).some((value) => value !== undefined);
    if (isChanged) await tx.manager.update(RoleEntity, { tenantId: tx.tenantId, id }, { ...changes });
  }

  /** Whether a member, a department or an invitation that is neither accepted nor revoked has the role. */
  async isInUse(tx: TenantTransaction, id: string): Promise<boolean> {
    const usage = await tx.one<{ inUse: boolean }>(IS_ROLE_IN_USE, [tx.tenantId, id]);
    return usage?.inUse ?? false;
  }

  /**
   * Makes the rest of the transaction give up a lock before PostgreSQL looks for a deadlock (after 1 s by default), which
   * could abort a concurrent invitation or acceptance instead (`isLockTimeout`).
   */
  async limitWaits(tx: TenantTransaction): Promise<void> {
    await tx.execute(`SET LOCAL lock_timeout = '500ms'`);
  }

  /**
   * Accepted and revoked invitations lose the role. Throws RoleInUse if a member, a department or an open invitation
   * has it, which a concurrent transaction may have just assigned.
   */
  async delete(tx: TenantTransaction, id: string): Promise<void> {
    try {
      await tx.manager.delete(RoleEntity, { tenantId: tx.tenantId, id });
    } catch (error) {
      if (isForeignKeyViolation(error) || isCheckViolation(error)) throw new RoleInUse();
      throw error;
    }
  }
}

const READ_ROLES = `
  SELECT r.id, r.key, r.name, r.level, r.permissions, r.created_at AS "createdAt",
    (SELECT count(*)::int FROM memberships m JOIN users u ON u.id = m.user_id AND u.status = 'active'
     WHERE m.tenant_id = r.tenant_id AND m.role_id = r.id) AS "memberCount"
  FROM roles r WHERE r.tenant_id = $1`;

/** $1 tenant, $2 role. */
const FIND_ROLE = `${READ_ROLES} AND r.id = $2`;

/** $1 tenant, $2 the last role of the previous page, or NIL, $3 limit. */
const LIST_ROLES = `${READ_ROLES} AND r.id > $2 ORDER BY r.id LIMIT $3`;

/** $1 tenant, $2 key. */
const LOCK_ROLE = `
  SELECT id, key, name, level, permissions FROM roles WHERE tenant_id = $1 AND key = $2 FOR KEY SHARE`;

/** $1 tenant, $2 id, $3 key, $4 name, $5 level, $6 permissions. */
const INSERT_ROLE = `
  INSERT INTO roles (tenant_id, id, key, name, level, permissions) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tenant_id, key) DO NOTHING`;

/** $1 tenant, $2 roles as JSON. */
const INSERT_ROLES = `
  INSERT INTO roles (id, tenant_id, key, name, level, permissions)
  SELECT id, $1, key, name, level, permissions
  FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, key text, name text, level int, permissions jsonb)`;

/** $1 tenant, $2 role. */
const IS_ROLE_IN_USE = `
  SELECT EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $1 AND role_id = $2)
    OR EXISTS (SELECT 1 FROM departments WHERE tenant_id = $1 AND role_id = $2)
    OR EXISTS (SELECT 1 FROM invitations WHERE tenant_id = $1 AND role_id = $2
               AND accepted_at IS NULL AND revoked_at IS NULL) AS "inUse"`;
