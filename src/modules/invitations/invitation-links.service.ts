import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, TenantTransaction } from '../../database/transaction.js';
import { MessagesService } from '../messaging/messages.service.js';
import { senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { OfferedInvitation } from './invitation.js';
import { InvitationOffersRepository } from './invitation-offers.repository.js';
import { assertStillOffered } from './invitation-policy.service.js';
import { InvitationAlreadyUsed, InvitationExpired, InvitationNotFound } from './invitations.errors.js';
import { InvitationsRepository } from './invitations.repository.js';

/** 128 bits: the link in an SMS must be short. */
const SMS_SECRET_BYTES = 16;

/** Issues and sends the links of invitations, finds an invitation by its link, and uses the link once. */
@Injectable()
export class InvitationLinksService {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly offers: InvitationOffersRepository,
    private readonly secrets: SecretsService,
    private readonly messages: MessagesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a new link in the actor's name, with the full lifetime, and revokes the older one. Call it last in a
   * transaction. Throws MessageLimitExceeded or MessageWithheld: then do not commit, so that the older link stays
   * valid.
   */
  async send(
    tx: TenantTransaction,
    actor: Actor,
    { id, recipient, roleName }: { id: string; recipient: Identifier; roleName: string },
  ): Promise<{ expiresAt: Date }> {
    const { tenant } = membershipOf(actor);
    const isSms = recipient.kind === 'phone';
    const secret = await this.secrets.issue(tx, {
      purpose: 'invitation',
      subjectId: id,
      ttlSeconds: this.config.INVITATION_TTL_SECONDS,
      data: { tenantId: tenant.id },
      ...(isSms && { bytes: SMS_SECRET_BYTES }),
    });
    await this.invitations.setExpiry(tx, id, secret.expiresAt);
    await this.messages.sendOrFail(tx, {
      template: 'invitation',
      channel: isSms ? 'sms' : 'email',
      to: recipient.value,
      tenantName: tenant.name,
      inviterName: fullName(actor.session.user),
      roleName,
      origin: actor.origin,
      tenantId: tenant.id,
      actorId: actor.userId,
      target: { kind: 'invitation', id },
      sender: senderOf(actor),
      ...secret,
    });
    return { expiresAt: secret.expiresAt };
  }

  /**
   * Returns the invitation of this link without using the link. Throws InvitationNotFound for an unknown link,
   * InvitationExpired, InvitationAlreadyUsed (also for a revoked one) or InvitationDomainNotAllowed.
   */
  async open(token: string): Promise<OfferedInvitation> {
    const secret = await this.secrets.find('invitation', token);
    if (!secret) throw new InvitationNotFound();
    const { subjectId, data, state } = secret;
    const find = (tx: TenantTransaction) => this.offers.find(tx, subjectId);
    const invitation = await this.database.inTenant(String(data.tenantId), find);
    if (!invitation) throw new InvitationNotFound();
    if (invitation.acceptedAt || invitation.revokedAt || state === 'used') throw new InvitationAlreadyUsed();
    if (state === 'expired') throw new InvitationExpired();
    assertStillOffered(invitation);
    return invitation;
  }

  /**
   * Uses the link: of parallel calls one gets the invitation, the others throw InvitationAlreadyUsed. The inviter must
   * be allowed to make this offer at this moment (`assertStillOffered`). Locks the invitation before its link, in the
   * same order as sending and revoking do.
   */
  async spend(tx: TenantTransaction, id: string, token: string): Promise<OfferedInvitation> {
    const secret = (await this.offers.accept(tx, id)) && (await this.secrets.spend(tx, 'invitation', token));
    if (!secret || secret.subjectId !== id) throw new InvitationAlreadyUsed();
    const invitation = await this.offers.find(tx, id);
    if (!invitation) throw new InvitationNotFound();
    assertStillOffered(invitation);
    return invitation;
  }

  /** Revokes every open invitation that the user sent, in any tenant, with its link. Returns those revoked. */
  async revokeAllBy(tx: PeopleTransaction, inviterId: string): Promise<{ id: string; tenantId: string }[]> {
    const revoked = await this.invitations.revokeAllBy(tx, inviterId);
    for (const { id } of revoked) await this.secrets.revoke(tx, id, ['invitation']);
    return revoked;
  }

  /** Revokes the outstanding link of the invitation. */
  revoke(tx: TenantTransaction, id: string): Promise<void> {
    return this.secrets.revoke(tx, id, ['invitation']);
  }

  /** Records who accepted the invitation. */
  attribute(tx: TenantTransaction, id: string, userId: string): Promise<void> {
    return this.offers.attribute(tx, id, userId);
  }
}
