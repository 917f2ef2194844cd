import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import { MembershipEntity } from './entities/membership.entity.js';
import { TeamMemberEntity } from './entities/team-member.entity.js';

/** Who belongs to a tenant, in which department, and in which of its teams. */
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

  /** Locks the membership against deletion until the transaction ends, and returns its id. Null if there is none. */
  async lock(tx: TenantTransaction, userId: string): Promise<string | null> {
    const membership = await tx.one<{ id: string }>(
      'SELECT id FROM memberships WHERE tenant_id = $1 AND user_id = $2 FOR KEY SHARE',
      [tx.tenantId, userId],
    );
    return membership?.id ?? null;
  }

  /** Returns the ids of the memberships that moved. */
  async moveAll(tx: TenantTransaction, departmentId: string, to: string): Promise<string[]> {
    const moved = await tx.many<{ id: string }>(
      'UPDATE memberships SET department_id = $3 WHERE tenant_id = $1 AND department_id = $2 RETURNING id',
      [tx.tenantId, departmentId, to],
    );
    return moved.map(({ id }) => id);
  }

  /** Adds the member to these teams. A team that does not exist, or that is being deleted, is left out. */
  async addToTeams(tx: TenantTransaction, membershipId: string, teamIds: string[]): Promise<void> {
    await tx.execute(
      `INSERT INTO team_members (tenant_id, team_id, membership_id)
       SELECT $1, t.id, $3 FROM teams t WHERE t.tenant_id = $1 AND t.id = ANY($2::uuid[]) FOR KEY SHARE`,
      [tx.tenantId, teamIds, membershipId],
    );
  }

  /** Returns false if the member is in the team already. The caller has locked the team. */
  async addToTeam(tx: TenantTransaction, membershipId: string, teamId: string): Promise<boolean> {
    const added = await tx.execute(
      'INSERT INTO team_members (tenant_id, team_id, membership_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [tx.tenantId, teamId, membershipId],
    );
    return added === 1;
  }

  /** Returns false if the member is not in the team. */
  async removeFromTeam(tx: TenantTransaction, membershipId: string, teamId: string): Promise<boolean> {
    const member = { tenantId: tx.tenantId, teamId, membershipId };
    const { affected } = await tx.manager.delete(TeamMemberEntity, member);
    return affected === 1;
  }
}
