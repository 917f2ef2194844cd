import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { MessagesService } from '../messaging/messages.service.js';
import { senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type Invitation, type OfferedInvitation, READ_INVITATION } from './invitation.js';
import { assertStillOffered } from './invitation-policy.service.js';
import { InvitationAlreadyUsed, InvitationExpired, InvitationNotFound } from './invitations.errors.js';

/** The secret of an SMS: 128 bits, so that the text stays short. */
const SMS_SECRET_BYTES = 16;

/** Which invitation, and whose. */
type Place = Pick<Invitation, 'tenantId' | 'id'>;

/** From an invitation to the link in its message, and from the link to the invitation and its one use. */
@Injectable()
export class InvitationLinksService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretsService,
    private readonly messages: MessagesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a new link in the actor's name, with its full time; an older one is dead. The last thing in a transaction. Throws
   * MessageLimitExceeded or MessageWithheld; then the older one must live, so the transaction must not be committed.
   */
  async send(
    tx: Tx,
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
    await tx.query('UPDATE invitations SET expires_at = $3 WHERE tenant_id = $1 AND id = $2', [
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
   * What the link stands for; spends nothing. Throws InvitationNotFound for a link we never made, InvitationExpired
   * or InvitationAlreadyUsed for one that is over, and InvitationDomainNotAllowed.
   */
  async open(token: string): Promise<OfferedInvitation> {
    const secret = await this.secrets.find('invitation', token);
    if (!secret) throw new InvitationNotFound();
    const { subjectId, data, state } = secret;
    const place = { tenantId: String(data.tenantId), id: subjectId };
    const invitation = await this.database.inTenant(place.tenantId, (tx) => read(tx, place));
    if (!invitation) throw new InvitationNotFound();
    if (invitation.acceptedAt || invitation.revokedAt || state === 'used') throw new InvitationAlreadyUsed();
    if (state === 'expired') throw new InvitationExpired();
    assertStillOffered(invitation);
    return invitation;
  }

  /**
   * Uses the link of this invitation up: of parallel calls one gets the invitation, the others InvitationAlreadyUsed.
   * The inviter must be able to make the offer now. The invitation is locked before its link, as by whoever sends or
   * revokes it.
   */
  async spend(tx: Tx, { tenantId, id }: Place, token: string): Promise<OfferedInvitation> {
    const [accepted] = await tx.query<[unknown[], number]>(
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

  /** Remembers who used it. */
  async attribute(tx: Tx, { tenantId, id }: Place, userId: string): Promise<void> {
    await tx.query('UPDATE invitations SET accepted_by = $3 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      id,
      userId,
    ]);
  }
}

async function read(tx: Tx, { tenantId, id }: Place): Promise<Invitation | undefined> {
  const [invitation] = await tx.query<Invitation[]>(READ_INVITATION, [tenantId, id]);
  return invitation;
}
