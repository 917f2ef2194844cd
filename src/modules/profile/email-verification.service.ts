import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { MessageLimitExceeded } from '../messaging/messaging.errors.js';
import { senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { EmailAlreadyVerified, VerificationTokenInvalid } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { EmailChangesService } from './email-changes.service.js';
import { auditedOriginOf, EmailVerificationLinksService } from './email-verification-links.service.js';

/**
 * Verifies e-mail addresses by link. A link is accepted only in a session of its own account: someone who was sent one
 * because their address was typed by another person cannot verify it for that account by clicking.
 */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
    private readonly links: EmailVerificationLinksService,
    private readonly changes: EmailChangesService,
    private readonly secrets: SecretsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Sends a new link to the address that awaits verification. Throws EmailAlreadyVerified if there is none, and
   * MessageLimitExceeded, in which case the older link stays valid.
   */
  async resend(actor: Actor): Promise<void> {
    const wait = await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      const email = user?.pendingEmail ?? (user?.emailVerifiedAt ? null : user?.email);
      if (!user || !email) throw new EmailAlreadyVerified();
      const sender = email === user.email ? undefined : senderOf(actor);
      return this.links.requestAgain(tx, user, email, auditedOriginOf(actor), sender);
    });
    // Throw after the commit, so that the audit record is kept
    if (wait !== null) throw new MessageLimitExceeded(wait);
  }

  /** Spends a link of the caller's own account. A link of another account is treated as unknown and stays unspent. */
  async verify(actor: Actor, token: string): Promise<string> {
    const sent = await this.secrets.find('email-verification', token);
    if (!sent) throw new VerificationTokenInvalid();
    const claimed = String(sent.data.email);
    return this.database.acrossTenants(async (tx) => {
      await this.verification.lockClaim(tx, { kind: 'email', value: claimed }, { userId: actor.userId });
      const user = await this.users.lock(tx, actor.userId);
      const secret = await this.secrets.spend(tx, 'email-verification', token);
      if (!user || secret?.subjectId !== actor.userId) throw new VerificationTokenInvalid();
      const email = user.pendingEmail ?? user.email;
      // Reject a link to an address that a later request has replaced
      if (email === null || secret.data.email !== email) throw new VerificationTokenInvalid();
      const tenantId = actor.session.membership?.tenant.id ?? null;
      await this.verification.verifyOwn(tx, user, { kind: 'email', value: email }, actor.origin, tenantId);
      if (user.email !== email) {
        await this.sessions.endOthers(tx, actor, 'identifier_proven');
        await this.changes.notify(tx, actor, user, email, 'done');
      }
      return email;
    });
  }
}
