import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MessageLimitExceeded } from '../messaging/messaging.errors.js';
import { NoticesService } from '../messaging/notices.service.js';
import { senderOf } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { RevertTokenInvalid } from '../users/users.errors.js';
import { UsersRepository } from '../users/users.repository.js';
import { type EmailChange, EmailChangesRepository } from './email-changes.repository.js';
import { auditedOriginOf, EmailVerificationLinksService } from './email-verification-links.service.js';

/** The revert link for the notice to the previous holder. */
export interface RevertLink {
  token: string;
  expiresAt: Date;
}

const PURPOSE = 'email-change-revert';
/** 128 bits, so that the text of an SMS stays short. */
const SMS_SECRET_BYTES = 16;

/**
 * E-mail changes that the previous holder of the account can revert for EMAIL_CHANGE_REVERT_SECONDS. Each change has
 * its own links. A claim is as old as the address has been the account's: an older claim reverts what younger ones
 * changed and revokes their links, never the reverse. An attacker's second change, revert or recovery therefore leaves
 * the owner's link valid.
 */
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly changes: EmailChangesRepository,
    private readonly users: UsersRepository,
    private readonly links: EmailVerificationLinksService,
    private readonly secrets: SecretsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Records the requested address, notifies the old one and sends the verification link, unless another account has
   * verified the address, which is not disclosed. Throws MessageLimitExceeded; the caller must then roll back.
   */
  async request(tx: Transaction, actor: Actor, user: UserEntity, email: string): Promise<void> {
    await this.users.update(tx, user.id, { pendingEmail: email });
    const origin = auditedOriginOf(actor);
    await this.audit.record(tx, origin.origin, {
      action: 'user.email_change_requested',
      tenantId: origin.tenantId,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    await this.notify(tx, actor, user, email, 'requested');
    const wait = await this.links.requestUnlessTaken(tx, user, email, origin, senderOf(actor));
    if (wait !== null) throw new MessageLimitExceeded(wait);
  }

  /** Notifies the previous holder of the account, with a revert link. */
  async notify(
    tx: Transaction,
    actor: Actor,
    before: UserEntity,
    email: string,
    stage: 'requested' | 'done',
  ): Promise<void> {
    const revert = await this.issueLink(tx, before, email, stage);
    const event = stage === 'done' ? 'email_changed' : 'email_change_requested';
    await this.notices.send(tx, before, event, actor.origin, revert ? { revert } : {});
  }

  /**
   * Issues the revert link for the notice about a change; `user` is the state before it. Returns null if no identifier
   * is verified: an unverified address may belong to a stranger, who must not be able to revert the change.
   */
  private async issueLink(
    tx: Transaction,
    user: UserEntity,
    newEmail: string,
    stage: 'requested' | 'done',
  ): Promise<RevertLink | null> {
    const holder = holderOf(user);
    if (!holder) return null;
    const ttlSeconds = this.config.EMAIL_CHANGE_REVERT_SECONDS;
    const change = await this.changes.record(tx, {
      id: newId(),
      userId: user.id,
      oldEmail: holder.email,
      heldSince: holder.since,
      newEmail,
      seconds: ttlSeconds,
      isDone: stage === 'done',
    });
    if (change === null) return null;
    return this.secrets.issue(tx, {
      purpose: PURPOSE,
      subjectId: change,
      ttlSeconds,
      // The link in the notice of the request stays valid beside the one in the notice of the change
      keepsOlder: true,
      ...(holder.email === null && { bytes: SMS_SECRET_BYTES }),
    });
  }

  /** Does not spend the link. Throws RevertTokenInvalid. */
  async find(token: string): Promise<EmailChange> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (secret?.state !== 'open') throw new RevertTokenInvalid();
    const change = await this.changes.find(secret.subjectId);
    if (!change) throw new RevertTokenInvalid();
    return change;
  }

  /**
   * Spends the link and revokes all links of the same claim and of younger ones. Of any number of parallel calls, one
   * succeeds; the others throw RevertTokenInvalid. Returns when the first of the reverted changes was requested.
   */
  async spend(tx: Transaction, token: string, change: EmailChange): Promise<Date> {
    if (!(await this.secrets.spend(tx, PURPOSE, token))) throw new RevertTokenInvalid();
    const { ids, requestedAt } = await this.changes.readClaimsSince(tx, change);
    await this.secrets.revokeAll(tx, ids);
    return requestedAt ?? change.heldSince;
  }

  /**
   * The account was recovered by a verified identifier: later holders, who came by a change of the e-mail address, can
   * no longer revert any change, including changes the recovered account makes from now on.
   */
  async recovered(tx: Transaction, user: UserEntity, { kind, value }: Identifier): Promise<void> {
    const since = kind === 'email' ? await this.heldSince(tx, user, value) : user.phoneVerifiedAt;
    if (!since) return;
    const email = kind === 'email' ? value : null;
    const younger = await this.changes.overruleSince(tx, { userId: user.id, since, email });
    await this.secrets.revokeAll(tx, younger);
  }

  private async heldSince(
    tx: Transaction,
    { id, emailVerifiedAt }: UserEntity,
    email: string,
  ): Promise<Date | null> {
    return emailVerifiedAt && this.changes.readHeldSince(tx, id, email, emailVerifiedAt);
  }
}

/**
 * The verified identifier whose holder may revert a change: the e-mail address, or else the phone; null if neither is
 * verified.
 */
function holderOf(user: UserEntity): { email: string | null; since: Date } | null {
  if (user.email !== null && user.emailVerifiedAt) return { email: user.email, since: user.emailVerifiedAt };
  return user.phone !== null && user.phoneVerifiedAt ? { email: null, since: user.phoneVerifiedAt } : null;
}
