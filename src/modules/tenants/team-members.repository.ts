import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import { TeamMemberEntity } from './entities/team-member.entity.js';

/** Which members are in which teams of their tenant. */
@Injectable()
export class TeamMembersRepository {
  /** Adds the member to these teams. A team that does not exist, or that is being deleted, is left out. */
  async addToAll(tx: TenantTransaction, membershipId: string, teamIds: string[]): Promise<void> {
    await tx.execute(
      `INSERT INTO team_members (tenant_id, team_id, membership_id)
       SELECT $1, t.id, $3 FROM teams t WHERE t.tenant_id = $1 AND t.id = ANY($2::uuid[]) FOR KEY SHARE`,
      [tx.tenantId, teamIds, membershipId],
    );
  }

  /** Locks the membership against deletion until the transaction ends, and returns its id. Null if there is none. */
  async lockMember(tx: TenantTransaction, userId: string): Promise<string | null> {
    const membership = await tx.one<{ id: string }>(
      'SELECT id FROM memberships WHERE tenant_id = $1 AND user_id = $2 FOR KEY SHARE',
      [tx.tenantId, userId],
    );
    return membership?.id ?? null;
  }

  /** Returns false if the member is in the team already. The caller has locked the team. */
  async add(tx: TenantTransaction, membershipId: string, teamId: string): Promise<boolean> {
    const added = await tx.execute(
      'INSERT INTO team_members (tenant_id, team_id, membership_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [tx.tenantId, teamId, membershipId],
    );
    return added === 1;
  }

  /** Returns false if the member is not in the team. */
  async remove(tx: TenantTransaction, membershipId: string, teamId: string): Promise<boolean> {
    const member = { tenantId: tx.tenantId, teamId, membershipId };
    const { affected } = await tx.manager.delete(TeamMemberEntity, member);
    return affected === 1;
  }

  /** Puts the member into exactly these teams, which the caller has locked. */
  async replaceAll(tx: TenantTransaction, userId: string, teamIds: string[]): Promise<void> {
    await tx.execute(LEAVE_OTHER_TEAMS, [tx.tenantId, userId, teamIds]);
    await tx.execute(JOIN_TEAMS, [tx.tenantId, userId, teamIds]);
  }
}

/** $1 tenant, $2 user, $3 the teams in which the member stays. */
const LEAVE_OTHER_TEAMS = `
  DELETE FROM team_members tm USING memberships m
  WHERE tm.tenant_id = $1 AND m.tenant_id = $1 AND m.user_id = $2 AND tm.membership_id = m.id
    AND tm.team_id <> ALL ($3::uuid[])`;

/** $1 tenant, $2 user, $3 teams. */
const JOIN_TEAMS = `
  INSERT INTO team_members (tenant_id, team_id, membership_id)
  SELECT m.tenant_id, team.id, m.id FROM memberships m, unnest($3::uuid[]) AS team (id)
  WHERE m.tenant_id = $1 AND m.user_id = $2
  ON CONFLICT DO NOTHING`;
