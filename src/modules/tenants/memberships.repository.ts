import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { PeopleTransaction, TenantTransaction } from '../../database/transaction.js';
import { MembershipEntity } from './entities/membership.entity.js';
import type { ChangedRole } from './owners.repository.js';

/** What changes of a membership; absent fields keep their values. */
export type MembershipChanges = Partial<
  Pick<MembershipEntity, 'roleId' | 'departmentId' | 'assignedAgents' | 'privateMetadata'>
>;

/** Who belongs to a tenant, with which role and in which department. */
@Injectable()
export class MembershipsRepository {
  /** Returns false if the person is a member already. */
  async insert(
    tx: TenantTransaction,
    { id, userId, roleId, departmentId }: Pick<MembershipEntity, 'id' | 'userId' | 'roleId' | 'departmentId'>,
  ): Promise<boolean> {
    const inserted = await tx.execute(
      `INSERT INTO memberships (id, tenant_id, user_id, role_id, department_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, user_id) DO NOTHING`,
      [id, tx.tenantId, userId, roleId, departmentId],
    );
    return inserted === 1;
  }

  exists(tx: TenantTransaction, userId: string): Promise<boolean> {
    return tx.manager.existsBy(MembershipEntity, { tenantId: tx.tenantId, userId });
  }

  /** Whether a member has verified this identifier. An account that merely claims it does not count. */
  async existsVerified(tx: TenantTransaction, { kind, value }: Identifier): Promise<boolean> {
    return (await tx.execute(FIND_VERIFIED[kind], [tx.tenantId, value])) > 0;
  }

  async update(tx: TenantTransaction, userId: string, changes: MembershipChanges): Promise<void> {
    const isChanged = Object.values(changes).some((value) => value !== undefined);
    const { tenantId } = tx;
    if (isChanged) await tx.manager.update(MembershipEntity, { tenantId, userId }, changes);
  }

  /**
   * During a pending deletion, sets the status that a restoration brings back. Returns false if the member has this
   * status already.
   */
  async setStatus(tx: TenantTransaction, userId: string, status: 'active' | 'suspended'): Promise<boolean> {
    return (await tx.execute(SET_STATUS, [tx.tenantId, userId, status])) === 1;
  }

  /** Deletes the membership, and with it the person's sessions, pending sign-ins and API keys in the tenant. */
  async delete(tx: TenantTransaction, userId: string): Promise<void> {
    await tx.manager.delete(MembershipEntity, { tenantId: tx.tenantId, userId });
  }

  /** Returns the ids of the memberships that moved. */
  async moveAll(tx: TenantTransaction, departmentId: string, to: string): Promise<string[]> {
    const moved = await tx.many<{ id: string }>(
      'UPDATE memberships SET department_id = $3 WHERE tenant_id = $1 AND department_id = $2 RETURNING id',
      [tx.tenantId, departmentId, to],
    );
    return moved.map(({ id }) => id);
  }

  /** Gives every member with this role another one. */
  async replaceRole(tx: TenantTransaction, roleId: string, replacement: string): Promise<void> {
    await tx.manager.update(MembershipEntity, { tenantId: tx.tenantId, roleId }, { roleId: replacement });
  }

  async listTenantsOf(tx: PeopleTransaction, userId: string): Promise<string[]> {
    const memberships = await tx.manager.find(MembershipEntity, {
      select: { tenantId: true },
      where: { userId },
    });
    return memberships.map(({ tenantId }) => tenantId);
  }

  /**
   * Gives the members of these tenants whom the person promoted, and whom no one else has changed since, the role that
   * they had before, as the audit trail records it. The caller has locked the tenants.
   */
  undoPromotions(tx: PeopleTransaction, userId: string, tenantIds: string[]): Promise<ChangedRole[]> {
    return tx.many<ChangedRole>(UNDO_PROMOTIONS, [userId, tenantIds]);
  }
}

/** $1 tenant, $2 identifier. */
const FIND_VERIFIED = { email: findVerified('email'), phone: findVerified('phone') };

function findVerified(kind: Identifier['kind']): string {
  return `
    SELECT FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND u.${kind} = $2 AND u.${kind}_verified_at IS NOT NULL`;
}

/** $1 tenant, $2 user, $3 status. */
const SET_STATUS = `
  UPDATE memberships SET
    status = CASE status WHEN 'leaving' THEN status ELSE $3 END,
    status_before_leaving = CASE status WHEN 'leaving' THEN $3 END
  WHERE tenant_id = $1 AND user_id = $2 AND COALESCE(status_before_leaving, status) <> $3`;

/** $1 user, $2 tenants. */
const UNDO_PROMOTIONS = `
  WITH changes AS (
    SELECT id, occurred_at, tenant_id, target_id, actor_id, detail -> 'role' ->> 'from' AS before
    FROM audit_events
    WHERE tenant_id = ANY ($2::uuid[]) AND action IN ('member.updated', 'tenant.ownership_transferred')
      AND outcome = 'success' AND detail -> 'role' IS NOT NULL
  ), undone AS (
    SELECT DISTINCT ON (c.tenant_id, c.target_id) c.tenant_id, c.target_id, c.before FROM changes c
    WHERE c.actor_id = $1 AND c.target_id <> $1 AND NOT EXISTS (
      SELECT 1 FROM changes later
      WHERE later.tenant_id = c.tenant_id AND later.target_id = c.target_id AND later.actor_id IS DISTINCT FROM $1
        AND (later.occurred_at, later.id) > (c.occurred_at, c.id))
    ORDER BY c.tenant_id, c.target_id, c.occurred_at, c.id
  )
  UPDATE memberships m SET role_id = old.id
  FROM undone
  JOIN roles old ON old.tenant_id = undone.tenant_id AND old.key = undone.before, roles raised
  WHERE m.tenant_id = undone.tenant_id AND m.user_id = undone.target_id
    AND raised.tenant_id = m.tenant_id AND raised.id = m.role_id AND raised.level > old.level
  RETURNING m.tenant_id AS "tenantId", m.user_id AS "userId", raised.key AS "from", old.key AS "to"`;
