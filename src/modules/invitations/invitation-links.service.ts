import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { MessagesService } from '../messaging/messages.service.js';
import { senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type Invitation, type OfferedInvitation, READ_INVITATION } from './invitation.js';
import { assertStillOffered } from './invitation-policy.service.js';
import { InvitationAlreadyUsed, InvitationExpired, InvitationNotFound } from './invitations.errors.js';

/** 128 bits: the link in an SMS must be short. */
const SMS_SECRET_BYTES = 16;

type InvitationRef = Pick<Invitation, 'tenantId' | 'id'>;

/** Issues and sends the links of invitations, finds an invitation by its link, and uses the link once. */
@Injectable()
export class InvitationLinksService {
  constructor(
    private readonly database: Database,
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
    tx: Transaction,
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
    await tx.execute('UPDATE invitations SET expires_at = $3 WHERE tenant_id = $1 AND id = $2', [
      tenant.id,
      id,
      secret.expiresAt,
    ]);
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
    const ref = { tenantId: String(data.tenantId), id: subjectId };
    const invitation = await this.database.inTenant(ref.tenantId, (tx) => read(tx, ref));
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
  async spend(tx: Transaction, { tenantId, id }: InvitationRef, token: string): Promise<OfferedInvitation> {
    const accepted = await tx.many<object>(
      `UPDATE invitations SET accepted_at = now()
       WHERE tenant_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
       RETURNING 1`,
      [tenantId, id],
    );
    const secret = accepted.length > 0 && (await this.secrets.spend(tx, 'invitation', token));
    if (!secret || secret.subjectId !== id) throw new InvitationAlreadyUsed();
    const invitation = await read(tx, { tenantId, id });
    if (!invitation) throw new InvitationNotFound();
    assertStillOffered(invitation);
    return invitation;
  }

  /** Records who accepted the invitation. */
  async attribute(tx: Transaction, { tenantId, id }: InvitationRef, userId: string): Promise<void> {
    await tx.execute('UPDATE invitations SET accepted_by = $3 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      id,
      userId,
    ]);
  }
}

async function read(tx: Transaction, { tenantId, id }: InvitationRef): Promise<Invitation | null> {
  const invitation = await tx.one<Invitation>(READ_INVITATION, [tenantId, id]);
  return invitation;
}
