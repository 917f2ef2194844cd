import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
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
import { isToTestNumber, kindOf, limitsFor } from './send-limits.js';
import { phoneCountry } from './spending/phone-country.js';
import { SpendGuard, type Objection, type SmsMessage } from './spending/spend-guard.js';

/**
 * `limited`: the recipient's budget is spent, nothing was recorded. `withheld`: the spend guard objects, which is in
 * the audit trail and nowhere else: nobody gets the message, and to whoever asked for it this is a success.
 */
export type SendOutcome = 'sent' | 'limited' | 'withheld';

const NOTICE_LIFETIME_MS = 3 * 86_400_000;

/** The outbox: a message exists exactly if the transaction that announces it commits; delivery happens later. */
@Injectable()
export class MessagesService {
  private readonly context: LetterContext;

  constructor(
    private readonly seal: MessageSeal,
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
    private readonly guard: SpendGuard,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.context = { appUrl: config.appUrl, sender: senderName(config.MAIL_FROM) };
  }

  /**
   * Records the message, and queues its delivery where the channel has a transport, in the caller's transaction.
   * Parallel sends to one recipient, and of all SMS, take turns until their transactions end, so the limits are
   * exact; notices do not wait, and have budgets of their own. Send last, and to one recipient per transaction,
   * notices apart, or two may deadlock.
   */
  async send(tx: Tx, message: OutgoingMessage): Promise<SendOutcome> {
    return this.record(tx, message, false);
  }

  /** As `send`, for callers to whom a limit is a refusal. Throws MessageLimitExceeded. */
  async sendOrFail(tx: Tx, message: OutgoingMessage): Promise<void> {
    if ((await this.send(tx, message)) !== 'limited') return;
    const { SMS_INTERVAL_SECONDS, EMAIL_INTERVAL_SECONDS } = this.config;
    throw new MessageLimitExceeded(
      channelOf(message) === 'sms' ? SMS_INTERVAL_SECONDS : EMAIL_INTERVAL_SECONDS,
    );
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

  /** A code sent to this number was right: codes sent to its country are being read. */
  async recordVerified(tx: Tx, phone: string): Promise<void> {
    await this.guard.recordVerified(tx, phone);
  }

  private async record(tx: Tx, message: OutgoingMessage, suppressed: boolean): Promise<SendOutcome> {
    const id = newId();
    const channel = channelOf(message);
    await this.takeTurn(tx, message);
    const sms = this.asSms(message);
    const objection = sms && (await this.guard.findObjection(tx, sms, suppressed));
    const delivers = !objection && this.transports.has(channel) && !isToTestNumber(message, this.config);
    const spent = sms && !objection ? this.guard.keysOf(sms) : null;
    const inserted = await tx.query<{ id: string }[]>(INSERT_WITHIN_LIMITS, [
      ...this.limitValues(message, suppressed),
      id,
      channel,
      objection ? null : this.payload(id, message, suppressed),
      statusOf({ suppressed, withheld: objection !== null, delivers }),
      message.template === 'notice' ? new Date(Date.now() + NOTICE_LIFETIME_MS) : message.expiresAt,
      ...[spent?.country, spent?.blockHash, spent?.addressHash].map((key) => key ?? null),
    ]);
    if (inserted.length === 0) return 'limited';
    if (sms && objection) return this.withhold(tx, sms, objection);
    if (sms) await this.guard.spend(tx, sms, suppressed);
    if (delivers) await this.queue.enqueue(tx, channel, id);
    return 'sent';
  }

  private async withhold(tx: Tx, message: SmsMessage, reason: Objection): Promise<SendOutcome> {
    await this.audit.record(tx, message.client, {
      action: 'message.suppressed',
      tenantId: message.tenantId ?? null,
      actorId: message.actorId ?? null,
      outcome: 'refused',
      target: message.target,
      detail: { reason, template: message.template, country: phoneCountry(message.to) },
    });
    return 'withheld';
  }

  /** The message, where it would cost money. */
  private asSms(message: OutgoingMessage): SmsMessage | null {
    const isSms = 'channel' in message && message.channel === 'sms';
    return isSms && !isToTestNumber(message, this.config) ? message : null;
  }

  private async takeTurn(tx: Tx, message: AddressedMessage): Promise<void> {
    if (message.template === 'notice' || limitsFor(message, this.config).length === 0) return;
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

function statusOf({ suppressed = false, withheld = false, delivers = false }): string {
  if (suppressed) return 'suppressed';
  if (withheld) return 'withheld';
  return delivers ? 'queued' : 'recorded';
}
