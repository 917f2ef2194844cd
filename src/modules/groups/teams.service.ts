import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantReads, TenantTransaction, Transaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { TeamMembersRepository } from '../tenants/team-members.repository.js';
import { type GroupMember, GroupMembersRepository } from './group-members.repository.js';
import { NotInTenant, TeamLimitReached } from './groups.errors.js';
import { type Team, TeamsRepository } from './teams.repository.js';

/** Manages the teams of the actor's tenant. Teams grant no permissions; a member may be in any number of them. */
@Injectable()
export class TeamsService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsRepository,
    private readonly members: TeamMembersRepository,
    private readonly authority: MemberAuthorityService,
    private readonly groupMembers: GroupMembersRepository,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In order of creation. */
  async list(actor: Actor, page: PageRequest): Promise<Page<Team>> {
    const rows = await this.teams.list(this.readsOf(actor), page);
    return toPage(rows, page);
  }

  /** Throws NotInTenant. */
  get(actor: Actor, id: string): Promise<Team> {
    return this.find(this.readsOf(actor), id);
  }

  /** Throws NotInTenant. */
  async listMembers(actor: Actor, id: string, page: PageRequest): Promise<Page<GroupMember>> {
    const reads = this.readsOf(actor);
    await this.find(reads, id);
    return this.groupMembers.list(reads, { teamId: id }, page);
  }

  /** Throws TeamNameTaken or TeamLimitReached. The limit also binds parallel calls. */
  create(actor: Actor, name: string): Promise<Team> {
    return this.inTenant(actor, async (tx) => {
      await this.authority.lock(tx, actor, 'teams.create');
      if ((await this.teams.count(tx)) >= this.config.MAX_TEAMS_PER_TENANT) throw new TeamLimitReached();
      const id = newId();
      await this.teams.insert(tx, { id, name });
      await this.record(tx, actor, 'team.created', id);
      return this.find(tx, id);
    });
  }

  /** Throws NotInTenant or TeamNameTaken. */
  rename(actor: Actor, id: string, name: string): Promise<Team> {
    return this.inTenant(actor, async (tx) => {
      if (!(await this.teams.rename(tx, id, name))) throw new NotInTenant();
      await this.record(tx, actor, 'team.updated', id, { fields: ['name'] });
      return this.find(tx, id);
    });
  }

  /** Deletes the team; its members stay in the tenant. Throws NotInTenant. */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.inTenant(actor, async (tx) => {
      if (!(await this.teams.delete(tx, id))) throw new NotInTenant();
      await this.record(tx, actor, 'team.deleted', id);
    });
  }

  /**
   * Does nothing if the member is in the team already. Throws NotInTenant for the team, MemberNotFound,
   * MemberNotManageable or IdentifierUnverified.
   */
  async addMember(actor: Actor, id: string, userId: string): Promise<void> {
    await this.inTenant(actor, async (tx) => {
      const membershipId = await this.lockTeamAndMember(tx, actor, id, userId);
      const added = await this.members.add(tx, membershipId, id);
      if (added) await this.record(tx, actor, 'team.updated', id, { added: userId });
    });
  }

  /** Does nothing if the member is not in the team. Throws what `addMember` throws. */
  async removeMember(actor: Actor, id: string, userId: string): Promise<void> {
    await this.inTenant(actor, async (tx) => {
      const membershipId = await this.lockTeamAndMember(tx, actor, id, userId);
      const removed = await this.members.remove(tx, membershipId, id);
      if (removed) await this.record(tx, actor, 'team.updated', id, { removed: userId });
    });
  }

  /**
   * Returns the id of the membership, if the actor may change the member. Locks membership and team against deletion
   * until the transaction ends.
   */
  private async lockTeamAndMember(
    tx: TenantTransaction,
    actor: Actor,
    id: string,
    userId: string,
  ): Promise<string> {
    const own = await this.authority.lock(tx, actor, 'teams.edit');
    this.authority.assertReachesOthers(own);
    if (!(await this.teams.lock(tx, id))) throw new NotInTenant();
    await this.authority.getManageable(tx, userId, own);
    const membershipId = await this.members.lockMember(tx, userId);
    if (!membershipId) throw new NotInTenant();
    return membershipId;
  }

  private async find(tx: TenantReads, id: string): Promise<Team> {
    const team = await this.teams.find(tx, id);
    if (!team) throw new NotInTenant();
    return team;
  }

  private readsOf(actor: Actor): TenantReads {
    return this.database.readsOf(membershipOf(actor).tenant.id);
  }

  private inTenant<T>(actor: Actor, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => work(tx));
  }

  private async record(
    tx: Transaction,
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
