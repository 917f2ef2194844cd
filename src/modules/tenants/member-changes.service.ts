import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import type { Metadata } from '../../common/metadata.js';
import { NotChangeable } from '../../common/validation-failed.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { exchanged, replaced } from '../audit/changes.js';
import type { MemberAuthority } from './member-authority.repository.js';
import { MemberAuthorityService } from './member-authority.service.js';
import type { Member } from './members.repository.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { MembershipsService } from './memberships.service.js';
import { TOP_LEVEL } from './role.js';
import { TeamMembersRepository } from './team-members.repository.js';
import { RoleLevelExceeded } from './tenants.errors.js';

export interface MemberChanges {
  /** The key of a role. */
  role?: string;
  /** Null removes the member from their department. */
  departmentId?: string | null;
  /** The complete new list: the member leaves every other team. */
  teamIds?: string[];
  assignedAgents?: string[];
  privateMetadata?: Metadata;
}

/** `publicMetadata` is the person's own: it may be given back as it was read. */
export type GivenMember = MemberChanges & { publicMetadata?: Metadata };

export interface Transfer {
  memberId: string;
  /** The key of the actor's new role; if absent, the actor stays an owner, too. */
  role?: string;
}

/**
 * Changes members of the actor's tenant. Access tokens already issued get the new permissions with the next request.
 */
@Injectable()
export class MemberChangesService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly members: MembersService,
    private readonly memberships: MembershipsService,
    private readonly records: MembershipsRepository,
    private readonly teams: TeamMembersRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Applies all changes or none; what is as before counts as absent. Throws MemberNotFound, MemberNotManageable,
   * NotChangeable, RoleNotFound, RoleLevelExceeded, DepartmentNotFound, TeamNotFound or LastOwner.
   */
  async update(actor: Actor, userId: string, given: GivenMember): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.edit');
      const member = await this.authority.getManageable(tx, userId, own);
      const before = await this.members.read(tx, userId);
      const changes = differencesFrom(before, given);
      await this.apply(tx, member, own, changes);
      await this.authority.assertOwnerRemains(tx, member);
      const after = await this.members.read(tx, userId);
      const fields = Object.entries(changes).filter(([, value]) => value !== undefined);
      await this.audit.record(tx, actor.origin, {
        action: 'member.updated',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'user', id: userId },
        detail: {
          fields: fields.map(([field]) => field),
          ...replaced('role', before.role, after.role),
          ...replaced('departmentId', before.departmentId, after.departmentId),
          ...exchanged('teamIds', before.teamIds, after.teamIds),
        },
      });
      return after;
    });
  }

  /**
   * Makes another active member an owner. The actor must be an owner, and takes the role `role` if it is given. Throws
   * what `update` throws, and MemberSuspended.
   */
  async transfer(actor: Actor, { memberId, role }: Transfer): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.edit');
      const successor = await this.authority.getActiveOther(tx, memberId, own);
      if (own.level !== TOP_LEVEL) throw new RoleLevelExceeded();
      await this.apply(tx, successor, own, { role: own.roleKey });
      if (role !== undefined) await this.apply(tx, own, own, { role });
      await this.authority.assertOwnerRemains(tx, own);
      await this.audit.record(tx, actor.origin, {
        action: 'tenant.ownership_transferred',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'user', id: memberId },
        detail: {
          role: { from: successor.roleKey, to: own.roleKey },
          ...(role !== undefined && { steppedDownTo: role }),
        },
      });
      return this.members.read(tx, memberId);
    });
  }

  private async apply(
    tx: TenantTransaction,
    { userId }: MemberAuthority,
    grantor: MemberAuthority,
    { role: key, departmentId, teamIds, ...own }: MemberChanges,
  ): Promise<void> {
    const role = key === undefined ? null : await this.memberships.getGrantableRole(tx, key, grantor);
    await this.memberships.assertPlaceable(
      tx,
      { departmentId: departmentId ?? null, teamIds: teamIds ?? [] },
      grantor,
    );
    await this.records.update(tx, userId, { roleId: role?.id, departmentId, ...own });
    if (teamIds) await this.teams.replaceAll(tx, userId, teamIds);
  }
}

/** Throws NotChangeable. */
function differencesFrom(before: Member, { publicMetadata, ...given }: GivenMember): MemberChanges {
  if (publicMetadata !== undefined && !isDeepStrictEqual(publicMetadata, before.publicMetadata))
    throw new NotChangeable('#/metadata/public', 'can be changed only by the person');
  const { role, departmentId, teamIds, ...others } = given;
  const ids = (list: string[]) => list.map((id) => id.toLowerCase()).sort();
  const isSameTeams = teamIds && isDeepStrictEqual(ids(teamIds), ids(before.teamIds));
  return {
    ...others,
    role: role === before.role ? undefined : role,
    departmentId: departmentId === before.departmentId ? undefined : departmentId,
    teamIds: isSameTeams ? undefined : teamIds,
  };
}
