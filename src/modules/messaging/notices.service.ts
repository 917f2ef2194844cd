import { Inject, Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { beforeCommit, type Tx } from '../../database/database.js';
import { MessageEncryption } from './message-encryption.js';
import { MARK_UNCONFIRMED } from './messages.queries.js';
import { MessagesService } from './messages.service.js';
import type { Channel, NoticeEvent, NoticeExtras } from './outgoing-message.js';

/** How a person is reached. */
interface Reach {
  email: string | null;
  emailVerifiedAt: Date | null;
  phone: string | null;
  phoneVerifiedAt: Date | null;
}

/** Whoever is told: as they were before the change; what the caller does not say is looked up. */
export interface Notified extends Partial<Reach> {
  id: string;
  email: string | null;
  firstName: string;
  /** The account has the address no more: that is told, whatever was told there before. */
  isLetGo?: boolean;
}

interface Recipient {
  channel: Channel;
  to: string;
  unconfirmed: boolean;
}

const FIND_REACH = `
  SELECT email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt"
  FROM users WHERE id = $1`;

/** Tells people what happened to their account. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly messages: MessagesService,
    private readonly seal: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Records the notice at the end of the caller's transaction: by e-mail, or by SMS to a person who has proven only a
   * phone. Where nothing is proven the first one ever goes to what the account claims, and no other: it may be a
   * stranger's. No other message uses up its budget, and beyond that budget (the same event, again and again) it is
   * left out in silence.
   */
  async send(
    tx: Tx,
    person: Notified,
    event: NoticeEvent,
    origin: RequestOrigin,
    extras: NoticeExtras = {},
  ): Promise<void> {
    const recipient = recipientOf(await this.reach(tx, person));
    if (!recipient) return;
    const at = new Date();
    const { id, firstName, isLetGo } = person;
    beforeCommit(tx, async () => {
      if (recipient.unconfirmed && !isLetGo && !(await this.isFirst(tx, id, recipient))) return;
      const target = { kind: 'user', id } as const;
      const about = { firstName, event, at, origin, target, ...extras };
      await this.messages.send(tx, { template: 'notice', ...recipient, ...about });
    });
  }

  /**
   * As `send`, to this address or number and no other, which the account `id` has no more or has just verified: whatever
   * was told there before, it is told.
   */
  sendTo(
    tx: Tx,
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
    return this.send(tx, { id, firstName, isLetGo: true, ...reach }, event, origin);
  }

  private async reach(tx: Tx, person: Notified): Promise<Reach> {
    const { id, email, emailVerifiedAt, phone = null, phoneVerifiedAt = null } = person;
    if (emailVerifiedAt !== undefined) return { email, emailVerifiedAt, phone, phoneVerifiedAt };
    const [found] = await tx.query<Reach[]>(FIND_REACH, [id]);
    return found?.email === email ? found : { email, emailVerifiedAt: null, phone, phoneVerifiedAt };
  }

  /** Of any number of parallel calls one is true. */
  private async isFirst(tx: Tx, userId: string, { channel, to }: Recipient): Promise<boolean> {
    if (!this.config.THROTTLE_ENABLED) return true;
    const marked = await tx.query<unknown[]>(MARK_UNCONFIRMED, [
      userId,
      this.seal.recipientHashes(channel, to),
    ]);
    return marked.length > 0;
  }
}

/** What is proven comes first, and an e-mail address before a phone. */
function recipientOf({ email, emailVerifiedAt, phone, phoneVerifiedAt }: Reach): Recipient | null {
  if (email !== null && emailVerifiedAt) return { channel: 'email', to: email, unconfirmed: false };
  if (phone !== null && phoneVerifiedAt) return { channel: 'sms', to: phone, unconfirmed: false };
  if (email !== null) return { channel: 'email', to: email, unconfirmed: true };
  return phone === null ? null : { channel: 'sms', to: phone, unconfirmed: true };
}
