import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { Tx } from '../../database/database.js';
import { MessageQueue } from './delivery/message-queue.js';
import { MessageTransports } from './delivery/message-transports.js';
import { composeLetter } from './letters/compose-letter.js';
import type { LetterContext } from './letters/letter.js';
import { MessageSeal } from './message-seal.js';
import { CHECK_LIMITS, INSERT_WITHIN_LIMITS, LOCK_RECIPIENT } from './messages.queries.js';
import { MessageLimitExceeded } from './messaging.errors.js';
import {
  channelOf,
  normaliseRecipient,
  type AddressedMessage,
  type OutgoingMessage,
} from './outgoing-message.js';
import { senderName } from './sender.js';
import { kindOf, limitsFor } from './send-limits.js';

/** `limited`: the recipient's budget is spent, nothing was recorded. */
export type SendOutcome = 'sent' | 'limited';

const NOTICE_LIFETIME_MS = 3 * 86_400_000;

/** The outbox: a message exists exactly if the transaction that announces it commits; delivery happens later. */
@Injectable()
export class MessagesService {
  private readonly context: LetterContext;

  constructor(
    private readonly seal: MessageSeal,
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.context = { appUrl: config.appUrl, sender: senderName(config.MAIL_FROM) };
  }

  /**
   * Records the message, and queues its delivery where the channel has a transport, in the caller's transaction.
   * Parallel sends to one recipient take turns until their transactions end, so the limits are exact; notices do
   * not wait, and have budgets of their own. One recipient per transaction, notices apart, or two may deadlock.
   */
  async send(tx: Tx, message: OutgoingMessage): Promise<SendOutcome> {
    return this.record(tx, message, false);
  }

  /** As `send`, for callers to whom a limit is a refusal. Throws MessageLimitExceeded. */
  async sendOrFail(tx: Tx, message: OutgoingMessage): Promise<void> {
    if ((await this.send(tx, message)) === 'sent') return;
    throw new MessageLimitExceeded(this.config.EMAIL_INTERVAL_SECONDS);
  }

  /**
   * Does what `send` does, statement by statement, for a recipient nobody knows, so that time does not tell whether
   * an account exists. What is recorded is noise: never delivered, never shown, no part of a known person's budget.
   */
  async suppress(tx: Tx, message: OutgoingMessage): Promise<SendOutcome> {
    return this.record(tx, message, true);
  }

  /**
   * Whether a `send` (or `suppress`) of this message would go through. No parallel transaction can change that until
   * this one ends. Ask before a new secret voids the older one: a limited message would leave its reader with none.
   */
  async mayReceive(tx: Tx, message: AddressedMessage, { suppressed = false } = {}): Promise<boolean> {
    await this.takeTurn(tx, message);
    const [row] = await tx.query<{ limited: boolean }[]>(CHECK_LIMITS, this.limitValues(message, suppressed));
    return row?.limited === false;
  }

  private async record(tx: Tx, message: OutgoingMessage, suppressed: boolean): Promise<SendOutcome> {
    const id = newId();
    const channel = channelOf(message);
    const delivers = this.transports.has(channel);
    const status = delivers ? 'queued' : 'recorded';
    await this.takeTurn(tx, message);
    const inserted = await tx.query<{ id: string }[]>(INSERT_WITHIN_LIMITS, [
      ...this.limitValues(message, suppressed),
      id,
      channel,
      this.payload(id, message, suppressed),
      suppressed ? 'suppressed' : status,
      message.template === 'notice' ? new Date(Date.now() + NOTICE_LIFETIME_MS) : message.expiresAt,
    ]);
    if (inserted.length === 0) return 'limited';
    if (delivers) await this.queue.enqueue(tx, id);
    return 'sent';
  }

  private async takeTurn(tx: Tx, message: AddressedMessage): Promise<void> {
    if (message.template === 'notice' || !this.config.THROTTLE_ENABLED) return;
    const [current] = this.seal.recipientHashes(channelOf(message), message.to);
    await tx.query(LOCK_RECIPIENT, [current.readBigInt64BE(0).toString()]);
  }

  /** The first six parameters of both statements that know the limits. */
  private limitValues(message: AddressedMessage, suppressed: boolean): unknown[] {
    const limits = limitsFor(message, this.config);
    return [
      this.seal.recipientHashes(channelOf(message), message.to),
      kindOf(message),
      suppressed,
      limits.map((limit) => limit.seconds),
      limits.map((limit) => limit.max),
      limits.map((limit) => limit.sameKind),
    ];
  }

  private payload(id: string, message: OutgoingMessage, suppressed: boolean): Buffer {
    const sealed = this.seal.seal(id, {
      to: normaliseRecipient(channelOf(message), message.to),
      letter: composeLetter(message, this.context),
    });
    return suppressed ? randomBytes(sealed.length) : sealed;
  }
}
