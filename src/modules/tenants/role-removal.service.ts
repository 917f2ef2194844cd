import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { type MemberAuthority, MemberAuthorityService, TOP_LEVEL } from './member-authority.service.js';
import { assertGrantable } from './memberships.service.js';
import {
  DELETE_ROLE,
  FIND_ROLE,
  IS_ROLE_IN_USE,
  MOVE_DEPARTMENTS,
  MOVE_INVITATIONS,
  MOVE_MEMBERS,
} from './roles.queries.js';
import { type ManagedRole, RolesService } from './roles.service.js';
import { RoleInUse, RoleNotFound, RoleProtected } from './tenants.errors.js';

/** A concurrent transaction gave the role to a membership or invitation: foreign key, check or lock-timeout errors. */
const ASSIGNED_CONCURRENTLY = new Set(['23503', '23514', '55P03']);

/** Deletes roles of the actor's tenant, and moves their members and open invitations in the same transaction. */
@Injectable()
export class RoleRemovalService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly roles: RolesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes the role and moves everything that uses it to the role `moveMembersTo`; all or nothing. Throws NoSuchRole,
   * RoleProtected, RoleLevelExceeded, RoleNotFound for an unknown or identical replacement, MemberNotManageable if a
   * department with the role has a member whom the actor may not change, and RoleInUse if the role is used and no
   * replacement is given, or if a concurrent transaction has just assigned it.
   */
  async delete(actor: Actor, roleId: string, moveMembersTo?: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    try {
      await this.database.inTenant(tenant.id, async (tx) => {
        const own = await this.authority.lock(tx, actor, 'roles.delete');
        const role = await this.roles.getEditable(tx, roleId, own);
        if (role.level === TOP_LEVEL) throw new RoleProtected();
        const successor = await this.moveUses(tx, role, own, moveMembersTo);
        await tx.execute(DELETE_ROLE, [tenant.id, roleId]);
        await this.audit.record(tx, actor.origin, {
          action: 'role.deleted',
          tenantId: tenant.id,
          actorId: actor.userId,
          target: { kind: 'role', id: roleId },
          detail: { key: role.key, ...(successor && { movedTo: successor.key, members: role.memberCount }) },
        });
      });
    } catch (error) {
      throw isAssignedConcurrently(error) ? new RoleInUse() : error;
    }
  }

  private async moveUses(
    tx: TenantTransaction,
    { id }: ManagedRole,
    actor: MemberAuthority,
    successorId: string | undefined,
  ): Promise<ManagedRole | null> {
    if (successorId === undefined) {
      const usage = await tx.one<{ in_use: boolean }>(IS_ROLE_IN_USE, [tx.tenantId, id]);
      if (usage?.in_use) throw new RoleInUse();
      return null;
    }
    const successor = await tx.one<ManagedRole>(FIND_ROLE, [tx.tenantId, successorId]);
    if (!successor || successor.id === id) throw new RoleNotFound('moveMembersTo');
    assertGrantable(successor, actor);
    await this.authority.assertManagesAll(tx, { departmentRoleId: id }, actor);
    // Give up before PostgreSQL's deadlock detection (1 s by default) aborts a concurrent send or acceptance instead
    await tx.execute(`SET LOCAL lock_timeout = '500ms'`);
    // Invitations before members: a person who accepts concurrently is a member when the members are moved
    await tx.execute(MOVE_INVITATIONS, [tx.tenantId, id, successorId]);
    await tx.execute(MOVE_MEMBERS, [tx.tenantId, id, successorId]);
    await tx.execute(MOVE_DEPARTMENTS, [tx.tenantId, id, successorId]);
    return successor;
  }
}

function isAssignedConcurrently(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code = '' } = error.driverError as { code?: string };
  return ASSIGNED_CONCURRENTLY.has(code);
}
