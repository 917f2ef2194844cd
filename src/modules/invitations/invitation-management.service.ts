import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName } from '../../common/identifiers.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import type { OfferedInvitation } from './invitation.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationOffersRepository } from './invitation-offers.repository.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationAlreadyUsed, UnknownInvitation } from './invitations.errors.js';
import {
  InvitationsRepository,
  type InvitationState,
  type ListedInvitation,
} from './invitations.repository.js';
import type { CreatedInvitation } from './invitations.service.js';

/** Lists, resends and revokes the invitations of the actor's tenant. */
@Injectable()
export class InvitationManagementService {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly offers: InvitationOffersRepository,
    private readonly authority: MemberAuthorityService,
    private readonly policy: InvitationPolicyService,
    private readonly links: InvitationLinksService,
    private readonly audit: AuditService,
  ) {}

  /** Newest first. */
  async list(
    actor: Actor,
    state: InvitationState | null,
    page: PageRequest,
  ): Promise<Page<ListedInvitation>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.invitations.list(this.database.readsOf(tenant.id), state, page);
    return toPage(rows, page);
  }

  /**
   * Sends an open or expired invitation again, now in the actor's name, with a new link and the full lifetime, and
   * revokes the old link. Parallel calls are serialised; the link of the last one is valid. Throws UnknownInvitation,
   * InvitationAlreadyUsed, IdentifierUnverified, MessageLimitExceeded, MessageWithheld and what InvitationPolicyService
   * throws; the old link then stays valid.
   */
  async resend(actor: Actor, id: string): Promise<CreatedInvitation> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'invitations.create');
      const invitation = await this.lock(tx, id);
      const { recipient, role } = invitation;
      await this.policy.assertOfferable(tx, own, invitation);
      await this.invitations.setInviter(tx, id, actor.userId);
      await this.record(tx, actor, 'invitation.resent', id);
      const { expiresAt } = await this.links.send(tx, actor, { id, recipient, roleName: role.name });
      return { id, recipient, role: role.key, expiresAt, invitedBy: fullName(actor.session.user) };
    });
  }

  /**
   * Revokes the invitation and its link at once. Of a concurrent revocation and acceptance exactly one succeeds. Throws
   * UnknownInvitation, or InvitationAlreadyUsed if it was accepted or revoked before.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, async (tx) => {
      await this.lock(tx, id);
      await this.invitations.revoke(tx, id);
      await this.links.revoke(tx, id);
      await this.record(tx, actor, 'invitation.revoked', id);
    });
  }

  /** Locks the invitation against acceptance, resending and revocation until the transaction ends. */
  private async lock(tx: TenantTransaction, id: string): Promise<OfferedInvitation> {
    const locked = await this.offers.lock(tx, id);
    if (!locked) throw new UnknownInvitation();
    if (locked.isOver) throw new InvitationAlreadyUsed();
    const invitation = await this.offers.find(tx, id);
    if (!invitation?.role) throw new UnknownInvitation();
    return { ...invitation, role: invitation.role };
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: 'invitation.resent' | 'invitation.revoked',
    id: string,
  ): Promise<void> {
    await this.audit.record(tx, actor.origin, {
      action,
      tenantId: membershipOf(actor).tenant.id,
      actorId: actor.userId,
      target: { kind: 'invitation', id },
    });
  }
}
