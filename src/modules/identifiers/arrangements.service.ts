import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { type AuditEvent, AuditService } from '../audit/audit.service.js';
import { InvitationLinksService } from '../invitations/invitation-links.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { MemberCredentialsService } from '../tenants/member-credentials.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { type ChangedRole, OwnersRepository } from '../tenants/owners.repository.js';
import { type BroughtIn, ClaimsRepository } from './claims.repository.js';

/** The number of each that were undone. */
export interface UndoneArrangements {
  invitations: number;
  memberships: number;
  roles: number;
}

/**
 * Undoes what an account arranged for others in its tenants. An account without any verified identifier is denied such
 * actions (`identifier_unverified`), but may have performed them earlier.
 */
@Injectable()
export class ArrangementsService {
  constructor(
    private readonly claims: ClaimsRepository,
    private readonly links: InvitationLinksService,
    private readonly memberships: MembershipsRepository,
    private readonly owners: OwnersRepository,
    private readonly credentials: MemberCredentialsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Revokes invitations the account sent, removes members who joined by them and demotes members it promoted. The
   * caller has locked the account's tenants, the account and those users (`lockClaim`), so no invitation is accepted
   * and no member changed meanwhile. Audit records and notices do not contain the request origin, which must not be
   * disclosed to the tenants.
   */
  async undo(
    tx: PeopleTransaction,
    userId: string,
    { requestId }: RequestOrigin,
  ): Promise<UndoneArrangements> {
    const server: RequestOrigin = { address: 'server', userAgent: null, requestId };
    const tenantIds = await this.memberships.listTenantsOf(tx, userId);
    const invitations = await this.revokeInvitations(tx, userId, server);
    const removed = await this.removeMembers(tx, userId, server);
    const lowered = await this.memberships.undoPromotions(tx, userId, tenantIds);
    await this.recordRoles(tx, lowered, server);
    const changed = [...removed, ...lowered].map(({ tenantId }) => tenantId);
    await this.recordRoles(tx, await this.owners.restore(tx, userId, changed), server);
    return { invitations, memberships: removed.length, roles: lowered.length };
  }

  private async revokeInvitations(
    tx: PeopleTransaction,
    userId: string,
    server: RequestOrigin,
  ): Promise<number> {
    const revoked = await this.links.revokeAllBy(tx, userId);
    for (const { id, tenantId } of revoked)
      await this.record(tx, server, 'invitation.revoked', tenantId, { kind: 'invitation', id });
    return revoked.length;
  }

  private async removeMembers(
    tx: PeopleTransaction,
    inviterId: string,
    server: RequestOrigin,
  ): Promise<BroughtIn[]> {
    const members = await this.claims.listBroughtIn(tx, inviterId);
    for (const { tenantId, userId, ...person } of members) {
      const inside = tx.forTenant(tenantId);
      const ended = await this.credentials.end(inside, userId, 'member_removed');
      await this.memberships.delete(inside, userId);
      await this.record(tx, server, 'member.removed', tenantId, { kind: 'user', id: userId }, { ...ended });
      await this.notices.send(tx, { id: userId, ...person }, 'membership_ended', server);
    }
    return members;
  }

  private async recordRoles(tx: Transaction, changed: ChangedRole[], server: RequestOrigin): Promise<void> {
    for (const { tenantId, userId, from, to } of changed) {
      const target = { kind: 'user', id: userId } as const;
      await this.record(tx, server, 'member.updated', tenantId, target, { role: { from, to } });
    }
  }

  private record(
    tx: Transaction,
    server: RequestOrigin,
    action: 'invitation.revoked' | 'member.removed' | 'member.updated',
    tenantId: string,
    target: AuditEvent['target'],
    detail = {},
  ): Promise<void> {
    const reason = 'account_taken_over';
    return this.audit.record(tx, server, {
      action,
      tenantId,
      actorId: null,
      target,
      detail: { ...detail, reason },
    });
  }
}
