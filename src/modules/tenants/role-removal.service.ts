import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
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
import { type MemberAuthority, MemberAuthorityService, TOP_LEVEL } from './member-authority.service.js';
import { RoleInUse, RoleNotFound, RoleProtected } from './tenants.errors.js';

/** An invitation or a membership came to have the role meanwhile: still referenced, or its row still locked. */
const TAKEN_MEANWHILE = new Set(['23503', '23514', '55P03']);

/** Takes roles out of the actor's tenant, whose members and open invitations get another one in the same step. */
@Injectable()
export class RoleRemovalService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly roles: RolesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Throws NoSuchRole, RoleProtected, RoleLevelExceeded, RoleNotFound for a successor that is none, MemberNotManageable where
   * a department that carries the role holds somebody the actor may not change, and RoleInUse where a successor is needed and
   * not named, or somebody got the role at this very moment; then nothing has changed.
   */
  async delete(actor: Actor, roleId: string, moveMembersTo?: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    try {
      await this.database.inTenant(tenant.id, async (tx) => {
        const own = await this.authority.lock(tx, tenant.id, actor, 'roles.delete');
        const role = await this.roles.getEditable(tx, tenant.id, roleId, own);
        if (role.level === TOP_LEVEL) throw new RoleProtected();
        const successor = await this.vacate(tx, tenant.id, role, own, moveMembersTo);
        await tx.query(DELETE_ROLE, [tenant.id, roleId]);
        await this.audit.record(tx, actor.origin, {
          action: 'role.deleted',
          tenantId: tenant.id,
          actorId: actor.userId,
          target: { kind: 'role', id: roleId },
          detail: { key: role.key, ...(successor && { movedTo: successor.key, members: role.memberCount }) },
        });
      });
    } catch (error) {
      throw isTakenMeanwhile(error) ? new RoleInUse() : error;
    }
  }

  private async vacate(
    tx: Tx,
    tenantId: string,
    { id }: ManagedRole,
    actor: MemberAuthority,
    successorId: string | undefined,
  ): Promise<ManagedRole | null> {
    if (successorId === undefined) {
      const [found] = await tx.query<{ in_use: boolean }[]>(IS_ROLE_IN_USE, [tenantId, id]);
      if (found?.in_use) throw new RoleInUse();
      return null;
    }
    const [successor] = await tx.query<ManagedRole[]>(FIND_ROLE, [tenantId, successorId]);
    if (!successor || successor.id === id) throw new RoleNotFound('moveMembersTo');
    assertGrantable(successor, actor);
    await this.authority.assertManagesAll(tx, tenantId, { departmentRoleId: id }, actor);
    // Gives way to an invitation that is being sent or accepted, rather than have the database choose a victim
    await tx.query(`SET LOCAL lock_timeout = '500ms'`);
    // In this order: whoever accepts meanwhile is a member by the time the members are moved
    await tx.query(MOVE_INVITATIONS, [tenantId, id, successorId]);
    await tx.query(MOVE_MEMBERS, [tenantId, id, successorId]);
    await tx.query(MOVE_DEPARTMENTS, [tenantId, id, successorId]);
    return successor;
  }
}

function isTakenMeanwhile(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code = '' } = error.driverError as { code?: string };
  return TAKEN_MEANWHILE.has(code);
}
