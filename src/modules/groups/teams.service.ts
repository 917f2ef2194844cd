import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { type GroupMember, GroupMembersService } from './group-members.service.js';
import { NotInTenant, TeamLimitReached, TeamNameTaken } from './groups.errors.js';

export interface Team {
  id: string;
  name: string;
  createdAt: Date;
}

/** $1 tenant. Callers append further conditions with `AND`. */
const READ_TEAMS = `SELECT id, name, created_at AS "createdAt" FROM teams WHERE tenant_id = $1`;

/** $1 tenant. */
const COUNT_TEAMS = 'SELECT count(*)::int AS teams FROM teams WHERE tenant_id = $1';

const UNIQUE_VIOLATION = '23505';

/** Manages the teams of the actor's tenant. Teams grant no permissions; a member may be in any number of them. */
@Injectable()
export class TeamsService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly groupMembers: GroupMembersService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In order of creation. */
  async list(actor: Actor, page: PageRequest): Promise<Page<Team>> {
    const rows = await this.inTenant(actor, (tx, tenantId) =>
      tx.query<Team[]>(`${READ_TEAMS} AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`, [
        tenantId,
        page.after,
        page.limit + 1,
      ]),
    );
    return toPage(rows, page);
  }

  /** Throws NotInTenant. */
  get(actor: Actor, id: string): Promise<Team> {
    return this.inTenant(actor, (tx, tenantId) => this.find(tx, tenantId, id));
  }

  /** Throws NotInTenant. */
  listMembers(actor: Actor, id: string, page: PageRequest): Promise<Page<GroupMember>> {
    return this.inTenant(actor, async (tx, tenantId) => {
      await this.find(tx, tenantId, id);
      return this.groupMembers.list(tx, tenantId, { teamId: id }, page);
    });
  }

  /** Throws TeamNameTaken or TeamLimitReached. The limit also binds parallel calls. */
  create(actor: Actor, name: string): Promise<Team> {
    return this.inTenant(actor, async (tx, tenantId) => {
      await this.authority.lock(tx, tenantId, actor, 'teams.create');
      const [count] = await tx.query<{ teams: number }[]>(COUNT_TEAMS, [tenantId]);
      if (!count || count.teams >= this.config.MAX_TEAMS_PER_TENANT) throw new TeamLimitReached();
      const id = newId();
      const inserted = await tx.query<unknown[]>(
        `INSERT INTO teams (id, tenant_id, name) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, lower(name)) DO NOTHING RETURNING 1`,
        [id, tenantId, name],
      );
      if (inserted.length === 0) throw new TeamNameTaken();
      await this.record(tx, actor, 'team.created', id);
      return this.find(tx, tenantId, id);
    });
  }

  /** Throws NotInTenant or TeamNameTaken. */
  rename(actor: Actor, id: string, name: string): Promise<Team> {
    return this.inTenant(actor, async (tx, tenantId) => {
      try {
        await tx.query('UPDATE teams SET name = $3 WHERE tenant_id = $1 AND id = $2', [tenantId, id, name]);
      } catch (error) {
        if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw new TeamNameTaken();
        throw error;
      }
      const team = await this.find(tx, tenantId, id);
      await this.record(tx, actor, 'team.updated', id, { fields: ['name'] });
      return team;
    });
  }

  /** Deletes the team; its members stay in the tenant. Throws NotInTenant. */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.inTenant(actor, async (tx, tenantId) => {
      const [deleted] = await tx.query<[unknown[], number]>(
        'DELETE FROM teams WHERE tenant_id = $1 AND id = $2 RETURNING 1',
        [tenantId, id],
      );
      if (deleted.length === 0) throw new NotInTenant();
      await this.record(tx, actor, 'team.deleted', id);
    });
  }

  /**
   * Does nothing if the member is in the team already. Throws NotInTenant for the team, MemberNotFound,
   * MemberNotManageable or IdentifierUnverified.
   */
  async addMember(actor: Actor, id: string, userId: string): Promise<void> {
    await this.inTenant(actor, async (tx, tenantId) => {
      const membershipId = await this.lockTeamAndMember(tx, actor, id, userId);
      const added = await tx.query<unknown[]>(
        `INSERT INTO team_members (tenant_id, team_id, membership_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [tenantId, id, membershipId],
      );
      if (added.length > 0) await this.record(tx, actor, 'team.updated', id, { added: userId });
    });
  }

  /** Does nothing if the member is not in the team. Throws what `addMember` throws. */
  async removeMember(actor: Actor, id: string, userId: string): Promise<void> {
    await this.inTenant(actor, async (tx, tenantId) => {
      const membershipId = await this.lockTeamAndMember(tx, actor, id, userId);
      const [removed] = await tx.query<[unknown[], number]>(
        'DELETE FROM team_members WHERE tenant_id = $1 AND team_id = $2 AND membership_id = $3 RETURNING 1',
        [tenantId, id, membershipId],
      );
      if (removed.length > 0) await this.record(tx, actor, 'team.updated', id, { removed: userId });
    });
  }

  /**
   * Returns the id of the membership, if the actor may change the member. Locks membership and team against deletion
   * until the transaction ends.
   */
  private async lockTeamAndMember(tx: Tx, actor: Actor, id: string, userId: string): Promise<string> {
    const { tenant } = membershipOf(actor);
    const own = await this.authority.lock(tx, tenant.id, actor, 'teams.edit');
    this.authority.assertReachesOthers(own);
    const teams = await tx.query<unknown[]>(
      'SELECT 1 FROM teams WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE',
      [tenant.id, id],
    );
    if (teams.length === 0) throw new NotInTenant();
    await this.authority.getManageable(tx, tenant.id, userId, own);
    const [member] = await tx.query<{ id: string }[]>(
      'SELECT id FROM memberships WHERE tenant_id = $1 AND user_id = $2 FOR KEY SHARE',
      [tenant.id, userId],
    );
    if (!member) throw new NotInTenant();
    return member.id;
  }

  private async find(tx: Tx, tenantId: string, id: string): Promise<Team> {
    const [team] = await tx.query<Team[]>(`${READ_TEAMS} AND id = $2`, [tenantId, id]);
    if (!team) throw new NotInTenant();
    return team;
  }

  private inTenant<T>(actor: Actor, work: (tx: Tx, tenantId: string) => Promise<T>): Promise<T> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => work(tx, tenant.id));
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: Extract<AuditAction, `team.${string}`>,
    id: string,
    detail?: Record<string, unknown>,
  ): Promise<void> {
    const { tenant } = membershipOf(actor);
    const target = { kind: 'team' as const, id };
    await this.audit.record(tx, actor.origin, {
      action,
      tenantId: tenant.id,
      actorId: actor.userId,
      target,
      detail,
    });
  }
}
