import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { isLockTimeout } from '../../database/violations.js';
import { AuditService } from '../audit/audit.service.js';
import { InvitationsRepository } from '../invitations/invitations.repository.js';
import type { MemberAuthority } from '../tenants/member-authority.repository.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { assertGrantable } from '../tenants/memberships.service.js';
import { TOP_LEVEL } from '../tenants/role.js';
import { type ManagedRole, RolesRepository } from '../tenants/roles.repository.js';
import { assertEditable } from '../tenants/roles.service.js';
import { NoSuchRole, RoleInUse, RoleNotFound, RoleProtected } from '../tenants/tenants.errors.js';
import { DepartmentsRepository } from './departments.repository.js';

/** Deletes roles of the actor's tenant, and moves what has them in the same transaction. */
@Injectable()
export class RoleRemovalService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly roles: RolesRepository,
    private readonly invitations: InvitationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly departments: DepartmentsRepository,
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
        const role = await this.roles.find(tx, roleId);
        if (!role) throw new NoSuchRole();
        assertEditable(role, own);
        if (role.level === TOP_LEVEL) throw new RoleProtected();
        const successor = await this.moveUses(tx, role, own, moveMembersTo);
        await this.roles.delete(tx, roleId);
        await this.audit.record(tx, actor.origin, {
          action: 'role.deleted',
          tenantId: tenant.id,
          actorId: actor.userId,
          target: { kind: 'role', id: roleId },
          detail: { key: role.key, ...(successor && { movedTo: successor.key, members: role.memberCount }) },
        });
      });
    } catch (error) {
      // A concurrent transaction holds what has the role, or is about to
      if (isLockTimeout(error)) throw new RoleInUse();
      throw error;
    }
  }

  private async moveUses(
    tx: TenantTransaction,
    { id }: ManagedRole,
    actor: MemberAuthority,
    successorId: string | undefined,
  ): Promise<ManagedRole | null> {
    if (successorId === undefined) {
      if (await this.roles.isInUse(tx, id)) throw new RoleInUse();
      return null;
    }
    const successor = await this.roles.find(tx, successorId);
    if (!successor || successor.id === id) throw new RoleNotFound('moveMembersTo');
    assertGrantable(successor, actor);
    await this.authority.assertManagesAll(tx, { departmentRoleId: id }, actor);
    await this.roles.limitWaits(tx);
    // Invitations before members: a person who accepts concurrently is a member when the members are moved
    await this.invitations.replaceRole(tx, id, successorId);
    await this.memberships.replaceRole(tx, id, successorId);
    await this.departments.replaceRole(tx, id, successorId);
    return successor;
  }
}
