import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from './member-authority.service.js';
import { MemberCredentialsService } from './member-credentials.service.js';
import type { Member } from './members.repository.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';

/** Suspends, restores and removes members of the actor's tenant. Each change applies on every instance at once. */
@Injectable()
export class MemberAccessService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly members: MembersService,
    private readonly memberships: MembershipsRepository,
    private readonly credentials: MemberCredentialsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends the member's sessions in the tenant for good. API keys stop working until the member is restored.
   * Throws MemberNotFound, MemberNotManageable (also for the actor themselves) or LastOwner.
   */
  async suspend(actor: Actor, userId: string): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.edit');
      const member = await this.authority.getOther(tx, userId, own);
      const { sessions } = await this.credentials.end(tx, userId, 'member_suspended');
      if (await this.memberships.setStatus(tx, userId, 'suspended')) {
        await this.authority.assertOwnerRemains(tx, member);
        await this.record(tx, actor, 'member.suspended', userId, { sessions });
      }
      return this.members.read(tx, userId);
    });
  }

  /** Throws MemberNotFound or MemberNotManageable. */
  async restore(actor: Actor, userId: string): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.edit');
      await this.authority.getOther(tx, userId, own);
      if (await this.memberships.setStatus(tx, userId, 'active')) {
        await this.record(tx, actor, 'member.restored', userId);
      }
      return this.members.read(tx, userId);
    });
  }

  /**
   * Deletes the membership, and with it the person's sessions, pending sign-ins and API keys in the tenant. Actors may
   * remove themselves. Throws MemberNotFound, MemberNotManageable or LastOwner.
   */
  async remove(actor: Actor, userId: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.delete');
      const member = await this.authority.getManageable(tx, userId, own);
      const ended = await this.credentials.end(tx, userId, 'member_removed');
      await this.memberships.delete(tx, userId);
      await this.authority.assertOwnerRemains(tx, member);
      await this.record(tx, actor, 'member.removed', userId, { ...ended });
    });
  }

  /** Ends the member's sessions in this tenant only. Throws MemberNotFound or MemberNotManageable. */
  async endSessions(actor: Actor, userId: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'members.edit');
      await this.authority.getManageable(tx, userId, own);
      const reason = 'ended_by_administrator';
      const sessions = await this.credentials.endSessions(tx, userId, reason);
      await this.record(tx, actor, 'session.revoked', userId, { reason, sessions });
    });
  }

  private record(
    tx: Transaction,
    actor: Actor,
    action: AuditAction,
    userId: string,
    detail = {},
  ): Promise<void> {
    const tenantId = membershipOf(actor).tenant.id;
    const target = { kind: 'user' as const, id: userId };
    return this.audit.record(tx, actor.origin, { action, tenantId, actorId: actor.userId, target, detail });
  }
}
