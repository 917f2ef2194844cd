import { Inject, Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { MessageEncryption } from './message-encryption.js';
import { MessagesService } from './messages.service.js';
import { NoticesRepository, type Reach } from './notices.repository.js';
import type { Channel, NoticeEvent, NoticeExtras } from './outgoing-message.js';

/**
 * The person to notify, with the identifiers from before the change. If `emailVerifiedAt` is absent, the identifiers
 * are read from the database.
 */
export interface Notified extends Partial<Reach> {
  id: string;
  email: string | null;
  firstName: string;
  /** Send the notice to an unverified identifier even if it is not the first one there. */
  alwaysSend?: boolean;
  /** As `alwaysSend`; beyond a limit the transaction fails instead. */
  mustBeTold?: boolean;
}

interface Recipient {
  channel: Channel;
  to: string;
  unconfirmed: boolean;
}

/** Notifies people of changes of their accounts. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly messages: MessagesService,
    private readonly repository: NoticesRepository,
    private readonly encryption: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Records the notice at the end of the caller's transaction: by e-mail, or by SMS to a person who has verified only a
   * phone number. An account without a verified identifier gets only its first notice, at the identifier it claims,
   * which may be a stranger's. Notices have limits of their own, which no other message uses up; a notice beyond them
   * (the same event, repeated) is silently left out, unless the person must be told: then the commit throws
   * MessageLimitExceeded or MessageWithheld.
   */
  async send(
    tx: Transaction,
    person: Notified,
    event: NoticeEvent,
    origin: RequestOrigin,
    extras: NoticeExtras = {},
  ): Promise<void> {
    const recipient = recipientOf(await this.reach(tx, person));
    if (!recipient) return;
    const at = new Date();
    const { id, firstName, alwaysSend, mustBeTold } = person;
    const isAlways = alwaysSend === true || mustBeTold === true;
    const record = async () => {
      if (recipient.unconfirmed && !isAlways && !(await this.isFirst(tx, id, recipient))) return;
      const target = { kind: 'user', id } as const;
      const about = { firstName, event, at, origin, target, ...extras };
      const message = { template: 'notice', ...recipient, ...about } as const;
      await (mustBeTold ? this.messages.sendOrFail(tx, message) : this.messages.send(tx, message));
    };
    // Those by SMS lock their recipients (`SendBudgets.lock`)
    tx.beforeCommit(record, recipient.channel === 'sms' ? recipient.to : '');
  }

  /**
   * As `send`, but always to this identifier, which the account `id` has just verified or no longer has, even if it has
   * been notified before.
   */
  sendTo(
    tx: Transaction,
    { kind, value }: Identifier,
    { id, firstName, isVerified }: { id: string; firstName: string; isVerified: boolean },
    event: NoticeEvent,
    origin: RequestOrigin,
  ): Promise<void> {
    const verifiedAt = isVerified ? new Date() : null;
    const reach: Reach =
      kind === 'email'
        ? { email: value, emailVerifiedAt: verifiedAt, phone: null, phoneVerifiedAt: null }
        : { email: null, emailVerifiedAt: null, phone: value, phoneVerifiedAt: verifiedAt };
    return this.send(tx, { id, firstName, alwaysSend: true, ...reach }, event, origin);
  }

  private async reach(tx: Transaction, person: Notified): Promise<Reach> {
    const { id, email, emailVerifiedAt, phone = null, phoneVerifiedAt = null } = person;
    if (emailVerifiedAt !== undefined) return { email, emailVerifiedAt, phone, phoneVerifiedAt };
    const current = await this.repository.findReach(tx, id);
    return current?.email === email ? current : { email, emailVerifiedAt: null, phone, phoneVerifiedAt };
  }

  /** Of parallel calls exactly one returns true. */
  private async isFirst(tx: Transaction, userId: string, { channel, to }: Recipient): Promise<boolean> {
    if (!this.config.THROTTLE_ENABLED) return true;
    const recipientHashes = this.encryption.recipientHashes(channel, to);
    return this.repository.markUnconfirmed(tx, { userId, recipientHashes });
  }
}

/** Prefers verified identifiers, and among these the e-mail address. */
function recipientOf({ email, emailVerifiedAt, phone, phoneVerifiedAt }: Reach): Recipient | null {
  if (email !== null && emailVerifiedAt) return { channel: 'email', to: email, unconfirmed: false };
  if (phone !== null && phoneVerifiedAt) return { channel: 'sms', to: phone, unconfirmed: false };
  if (email !== null) return { channel: 'email', to: email, unconfirmed: true };
  return phone === null ? null : { channel: 'sms', to: phone, unconfirmed: true };
}
