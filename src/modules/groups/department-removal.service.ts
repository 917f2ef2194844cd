import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { InvitationsRepository } from '../invitations/invitations.repository.js';
import type { MemberAuthority } from '../tenants/member-authority.repository.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { assertGrantable } from '../tenants/memberships.service.js';
import { DepartmentNotFound } from '../tenants/tenants.errors.js';
import { DepartmentsRepository } from './departments.repository.js';
import { DepartmentInUse, NotInTenant } from './groups.errors.js';

/** Deletes departments of the actor's tenant, and moves their members and open invitations. */
@Injectable()
export class DepartmentRemovalService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly authority: MemberAuthorityService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes the department, all or nothing. Throws NotInTenant; DepartmentInUse if it has child departments, or if it
   * has members or open invitations and `moveMembersTo` is null; DepartmentNotFound for an unknown target;
   * RoleLevelExceeded if the actor may not grant the role of either department; MemberNotManageable if the actor may
   * not change every member who moves.
   */
  async delete(actor: Actor, id: string, moveMembersTo: string | null): Promise<void> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'departments.delete');
      const department = await this.departments.find(tx, id);
      if (!department) throw new NotInTenant();
      if (moveMembersTo !== null) this.authority.assertReachesOthers(own);
      if (department.role) assertGrantable(department.role, own);
      const moved = await this.empty(tx, own, id, moveMembersTo);
      await this.departments.delete(tx, id);
      await this.audit.record(tx, actor.origin, {
        action: 'department.deleted',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'department', id },
        detail: { moveMembersTo, moved },
      });
    });
  }

  /** Returns the ids of the memberships that moved. */
  private async empty(
    tx: TenantTransaction,
    own: MemberAuthority,
    id: string,
    target: string | null,
  ): Promise<string[]> {
    const content = await this.departments.readContent(tx, id);
    if (content.departments || (content.members && target === null)) throw new DepartmentInUse();
    if (target !== null) {
      const destination = target === id ? null : await this.departments.find(tx, target);
      if (!destination) throw new DepartmentNotFound('moveMembersTo');
      if (destination.role) assertGrantable(destination.role, own);
      await this.authority.assertManagesAll(tx, { departmentId: id }, own);
    }
    // Invitations before members: a person who accepts concurrently is a member when the members are moved
    await this.invitations.clearDepartment(tx, id, target);
    return target === null ? [] : this.memberships.moveAll(tx, id, target);
  }
}
