import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { assertGrantable } from '../tenants/memberships.service.js';
import { type Invitation, READ_INVITATION } from './invitation.js';
import { InvitationAlreadyUsed, InvitationExpired, InvitationNotFound } from './invitations.errors.js';

/** From the link in the message to the invitation, and its one use. */
@Injectable()
export class InvitationLinksService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretsService,
  ) {}

  /**
   * What the link stands for; spends nothing. Throws InvitationNotFound for a link we never made, and
   * InvitationExpired or InvitationAlreadyUsed for one that is over.
   */
  async open(token: string): Promise<Invitation> {
    const secret = await this.secrets.find('invitation', token);
    if (!secret) throw new InvitationNotFound();
    const [invitation] = await this.database.manager.query<Invitation[]>(READ_INVITATION, [secret.subjectId]);
    if (!invitation) throw new InvitationNotFound();
    if (invitation.acceptedAt || invitation.revokedAt || secret.state === 'used')
      throw new InvitationAlreadyUsed();
    if (secret.state === 'expired') throw new InvitationExpired();
    assertStillGranted(invitation);
    return invitation;
  }

  /**
   * Uses the link up: of parallel calls one gets the invitation, the others InvitationAlreadyUsed. The inviter must
   * be able to give the role now, whatever they were when they sent it.
   */
  async spend(tx: Tx, token: string): Promise<Invitation> {
    const secret = await this.secrets.spend(tx, 'invitation', token);
    if (!secret) throw new InvitationAlreadyUsed();
    const [accepted] = await tx.query<[{ id: string }[], number]>(
      `UPDATE invitations SET accepted_at = now()
       WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now() RETURNING id`,
      [secret.subjectId],
    );
    if (accepted.length === 0) throw new InvitationAlreadyUsed();
    const [invitation] = await tx.query<Invitation[]>(READ_INVITATION, [secret.subjectId]);
    if (!invitation) throw new InvitationNotFound();
    assertStillGranted(invitation);
    return invitation;
  }

  /** Remembers who used it. */
  async attribute(tx: Tx, invitationId: string, userId: string): Promise<void> {
    await tx.query('UPDATE invitations SET accepted_by = $2 WHERE id = $1', [invitationId, userId]);
  }
}

/** To the invitee an invitation whose inviter lost the right looks withdrawn. */
function assertStillGranted({ inviter, role }: Invitation): void {
  if (!inviter) throw new InvitationAlreadyUsed();
  try {
    assertGrantable(role, inviter);
  } catch {
    throw new InvitationAlreadyUsed();
  }
}
