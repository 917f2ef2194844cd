import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { type MemberAuthority, MemberAuthorityService } from '../tenants/member-authority.service.js';
import { assertGrantable } from '../tenants/memberships.service.js';
import { DepartmentNotFound } from '../tenants/tenants.errors.js';
import { CLEAR_INVITATIONS, READ_CONTENT, READ_DEPARTMENTS } from './departments.queries.js';
import type { Department } from './departments.service.js';
import { DepartmentInUse, NotInTenant } from './groups.errors.js';

const FOREIGN_KEY_VIOLATION = '23503';

/** Deletes departments of the actor's tenant, and moves their members and open invitations. */
@Injectable()
export class DepartmentRemovalService {
  constructor(
    private readonly database: Database,
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
      const own = await this.authority.lock(tx, tenant.id, actor, 'departments.delete');
      const department = await this.find(tx, tenant.id, id);
      if (!department) throw new NotInTenant();
      if (moveMembersTo !== null) this.authority.assertReachesOthers(own);
      if (department.role) assertGrantable(department.role, own);
      const moved = await this.empty(tx, tenant.id, own, id, moveMembersTo);
      await this.remove(tx, tenant.id, id);
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
    tx: Tx,
    tenantId: string,
    own: MemberAuthority,
    id: string,
    target: string | null,
  ): Promise<string[]> {
    const [content] = await tx.query<{ departments: boolean; members: boolean }[]>(READ_CONTENT, [
      tenantId,
      id,
    ]);
    if (content?.departments || (content?.members && target === null)) throw new DepartmentInUse();
    if (target !== null) {
      const destination = target === id ? undefined : await this.find(tx, tenantId, target);
      if (!destination) throw new DepartmentNotFound('moveMembersTo');
      if (destination.role) assertGrantable(destination.role, own);
      await this.authority.assertManagesAll(tx, tenantId, { departmentId: id }, own);
    }
    // Invitations before members: a person who accepts concurrently is a member when the members are moved
    await tx.query(CLEAR_INVITATIONS, [tenantId, id, target]);
    if (target === null) return [];
    const [moved] = await tx.query<[{ id: string }[], number]>(
      'UPDATE memberships SET department_id = $3 WHERE tenant_id = $1 AND department_id = $2 RETURNING id',
      [tenantId, id, target],
    );
    return moved.map((member) => member.id);
  }

  private async remove(tx: Tx, tenantId: string, id: string): Promise<void> {
    try {
      await tx.query('DELETE FROM departments WHERE tenant_id = $1 AND id = $2', [tenantId, id]);
    } catch (error) {
      // A concurrent transaction placed somebody in it
      if ((error as { code?: unknown }).code === FOREIGN_KEY_VIOLATION) throw new DepartmentInUse();
      throw error;
    }
  }

  private async find(tx: Tx, tenantId: string, id: string): Promise<Department | undefined> {
    const [department] = await tx.query<Department[]>(`${READ_DEPARTMENTS} AND d.id = $2`, [tenantId, id]);
    return department;
  }
}
