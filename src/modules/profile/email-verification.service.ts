import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { MessagesService } from '../messaging/messages.service.js';
import { MessageLimitExceeded } from '../messaging/messaging.errors.js';
import { NoticesService } from '../messaging/notices.service.js';
import { type Sender, senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { User } from '../users/entities/user.entity.js';
import { EmailAlreadyVerified, VerificationTokenInvalid } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { EmailChangesService } from './email-changes.service.js';

/** The request origin and tenant, for the audit trail. */
interface Origin {
  origin: RequestOrigin;
  tenantId: string | null;
}

const originOf = ({ origin, session }: Actor): Origin => ({
  origin,
  tenantId: session.membership?.tenant.id ?? null,
});

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
    private readonly changes: EmailChangesService,
    private readonly secrets: SecretsService,
    private readonly sessions: SessionsService,
    private readonly messages: MessagesService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a link to the address and revokes the older one. Over the sending limits nothing is sent, the older link
   * stays valid, the denial is audited, and the seconds to wait are returned; otherwise null. `suppressed` runs the
   * same statements without sending. `sender` is the account that requests an address other than its own.
   */
  async request(
    tx: Transaction,
    user: Pick<User, 'id' | 'firstName'>,
    email: string,
    origin: Origin,
    { suppressed = false, sender }: { suppressed?: boolean; sender?: Sender } = {},
  ): Promise<number | null> {
    const addressed = { template: 'verify-email', to: email, sender } as const;
    const wait = await this.messages.findWait(tx, addressed);
    if (wait !== null) {
      await this.record(tx, user.id, origin, 'user.email_verification_requested', 'refused');
      return wait;
    }
    const secret = await this.secrets.issue(tx, {
      purpose: 'email-verification',
      subjectId: user.id,
      ttlSeconds: this.config.VERIFY_EMAIL_TTL_SECONDS,
      data: { email },
    });
    const message = { ...addressed, firstName: user.firstName, ...secret };
    await (suppressed ? this.messages.suppress(tx, message) : this.messages.send(tx, message));
    return null;
  }

  /** As `request`, but sends nothing to an address that another account has verified, without disclosing that. */
  async requestUnlessTaken(
    tx: Transaction,
    user: Pick<User, 'id' | 'firstName'>,
    email: string,
    origin: Origin,
    sender?: Sender,
  ): Promise<number | null> {
    const suppressed = !(await this.isFree(tx, email, user.id));
    return this.request(tx, user, email, origin, { suppressed, sender });
  }

  /**
   * Sends a new link to the address that awaits verification. Throws EmailAlreadyVerified if there is none, and
   * MessageLimitExceeded, in which case the older link stays valid.
   */
  async resend(actor: Actor): Promise<void> {
    const wait = await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      const email = user?.pendingEmail ?? (user?.emailVerifiedAt ? null : user?.email);
      if (!user || !email) throw new EmailAlreadyVerified();
      const origin = originOf(actor);
      const sender = email === user.email ? undefined : senderOf(actor);
      const seconds = await this.requestUnlessTaken(tx, user, email, origin, sender);
      if (seconds === null) await this.record(tx, user.id, origin, 'user.email_verification_requested');
      return seconds;
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
        await this.notify(tx, actor, user, email, 'done');
      }
      return email;
    });
  }

  /**
   * Records the requested address, notifies the old one and sends the link as `requestUnlessTaken` does. Throws
   * MessageLimitExceeded; the caller must then roll back.
   */
  async requestChange(tx: Transaction, actor: Actor, user: User, email: string): Promise<void> {
    await this.users.update(tx, user.id, { pendingEmail: email });
    const origin = originOf(actor);
    await this.record(tx, user.id, origin, 'user.email_change_requested');
    await this.notify(tx, actor, user, email, 'requested');
    const wait = await this.requestUnlessTaken(tx, user, email, origin, senderOf(actor));
    if (wait !== null) throw new MessageLimitExceeded(wait);
  }

  /** Notifies the previous holder of the account, with a revert link. */
  private async notify(
    tx: Transaction,
    actor: Actor,
    before: User,
    email: string,
    stage: 'requested' | 'done',
  ): Promise<void> {
    const revert = await this.changes.issueLink(tx, before, email, stage);
    const event = stage === 'done' ? 'email_changed' : 'email_change_requested';
    await this.notices.send(tx, before, event, actor.origin, revert ? { revert } : {});
  }

  private record(
    tx: Transaction,
    userId: string,
    { origin, tenantId }: Origin,
    action: 'user.email_verification_requested' | 'user.email_change_requested',
    outcome: 'success' | 'refused' = 'success',
  ): Promise<void> {
    const target = { kind: 'user', id: userId } as const;
    return this.audit.record(tx, origin, { action, tenantId, actorId: userId, outcome, target });
  }

  private async isFree(tx: Transaction, email: string, userId: string): Promise<boolean> {
    const holder = await tx.manager.findOneBy(User, { email });
    return !holder || holder.id === userId || holder.emailVerifiedAt === null;
  }
}
