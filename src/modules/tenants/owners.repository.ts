import { Injectable } from '@nestjs/common';
import type { Queries } from '../../database/queries.js';
import type { PeopleTransaction, TenantTransaction } from '../../database/transaction.js';
import { TOP_LEVEL } from './role.js';

/** A role that was given to a member in place of another one, both by their keys. */
export interface ChangedRole {
  tenantId: string;
  userId: string;
  from: string;
  to: string;
}

export interface Owner {
  id: string;
  email: string | null;
  firstName: string;
}

/** Who leads a tenant: its active members with a role of the top level whose accounts are active. */
@Injectable()
export class OwnersRepository {
  /** Whether the tenant has an owner. The caller has locked the tenant. */
  async hasAny(tx: TenantTransaction): Promise<boolean> {
    return (await tx.execute(FIND_OWNER, [tx.tenantId])) > 0;
  }

  /** The owners of the tenant, in the order of their ids. */
  list(tx: TenantTransaction): Promise<Owner[]> {
    return tx.many<Owner>(LIST_OWNERS, [tx.tenantId]);
  }

  /** Whether the active member is an owner, and whether others are. Null if the person is no active member. */
  readShare(tx: TenantTransaction, userId: string): Promise<{ isOwner: boolean; hasOthers: boolean } | null> {
    return tx.one<{ isOwner: boolean; hasOthers: boolean }>(READ_SHARE, [tx.tenantId, userId]);
  }

  /**
   * The slugs of the tenants in which the person is the only owner, and which have other members. Those whose deletion
   * is pending count as members, because they may restore their accounts and then need an owner. Needs a transaction or
   * a statement that sees all tenants.
   */
  async findTenantsOwnedAlone(across: Queries, userId: string): Promise<string[]> {
    const tenants = await across.many<{ slug: string }>(FIND_OWNED_ALONE, [userId]);
    return tenants.map(({ slug }) => slug);
  }

  /** Makes the member an owner of those of the tenants that have none. The caller has locked the tenants. */
  restore(tx: PeopleTransaction, userId: string, tenantIds: string[]): Promise<ChangedRole[]> {
    return tx.many<ChangedRole>(RESTORE_OWNER, [userId, tenantIds]);
  }
}

/** The one text of the rule: the owners of all tenants. */
const OWNERS = `(
  SELECT m.tenant_id, m.user_id FROM memberships m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id AND r.level = ${TOP_LEVEL}
  JOIN users u ON u.id = m.user_id AND u.status = 'active'
  WHERE m.status = 'active')`;

/** $1 tenant. */
const FIND_OWNER = `SELECT FROM ${OWNERS} AS owner WHERE tenant_id = $1 LIMIT 1`;

/** $1 tenant. */
const LIST_OWNERS = `
  SELECT p.id, p.email, p.first_name AS "firstName" FROM ${OWNERS} AS owner JOIN users p ON p.id = owner.user_id
  WHERE owner.tenant_id = $1 ORDER BY p.id`;

/** $1 tenant, $2 user. */
const READ_SHARE = `
  SELECT EXISTS (SELECT FROM ${OWNERS} AS own WHERE tenant_id = $1 AND user_id = $2) AS "isOwner",
    EXISTS (SELECT FROM ${OWNERS} AS other WHERE tenant_id = $1 AND user_id <> $2) AS "hasOthers"
  FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND status = 'active'`;

/** $1 user. */
const FIND_OWNED_ALONE = `
  SELECT t.slug FROM ${OWNERS} AS own JOIN tenants t ON t.id = own.tenant_id
  WHERE own.user_id = $1
    AND NOT EXISTS (SELECT FROM ${OWNERS} AS other WHERE other.tenant_id = t.id AND other.user_id <> $1)
    AND EXISTS (SELECT FROM memberships o JOIN users u ON u.id = o.user_id AND u.status <> 'closed'
                WHERE o.tenant_id = t.id AND o.user_id <> $1)
  ORDER BY t.slug`;

/** $1 user, $2 tenants. Of several roles of the top level, the oldest. */
const RESTORE_OWNER = `
  WITH top AS (
    SELECT DISTINCT ON (tenant_id) tenant_id, id, key FROM roles
    WHERE tenant_id = ANY ($2::uuid[]) AND level = ${TOP_LEVEL} ORDER BY tenant_id, created_at, id
  )
  UPDATE memberships m SET role_id = top.id
  FROM top, roles old
  WHERE m.tenant_id = top.tenant_id AND m.user_id = $1 AND old.tenant_id = m.tenant_id AND old.id = m.role_id
    AND NOT EXISTS (SELECT FROM ${OWNERS} AS owner WHERE owner.tenant_id = m.tenant_id)
  RETURNING m.tenant_id AS "tenantId", m.user_id AS "userId", old.key AS "from", top.key AS "to"`;
