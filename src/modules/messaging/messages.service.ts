import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import type { SmsObjection } from '../metrics/sms-words.js';
import { MessageQueue } from './delivery/message-queue.js';
import { MessageTransports } from './delivery/message-transports.js';
import { renderMessage } from './templates/render-message.js';
import type { TemplateContext } from './templates/rendered-message.js';
import { MessageEncryption } from './message-encryption.js';
import { INSERT_WITHIN_LIMITS } from './messages.queries.js';
import { MessageLimitExceeded, MessageWithheld } from './messaging.errors.js';
import {
  channelOf,
  normaliseRecipient,
  type AddressedMessage,
  type OutgoingMessage,
} from './outgoing-message.js';
import { senderName } from './sender.js';
import { SendBudgets } from './send-budgets.js';
import { isToTestNumber, purposesOf } from './send-limits.js';
import { phoneCountry } from './spending/phone-country.js';
import type { SmsMessage } from './spending/sms-budgets.js';
import { SpendGuard } from './spending/spend-guard.js';

/**
 * `limited`: the recipient's or the sender's budget is spent, nothing was recorded. `withheld`: the spend guard
 * objects, which is in the audit trail (of a notice, in the metrics alone): nobody gets the message, and to whoever asked for it without
 * signing in this is a success.
 */
export type SendOutcome = 'sent' | 'limited' | 'withheld';

/** What became of a message. */
type Recorded =
  | { outcome: 'sent' }
  | { outcome: 'limited'; retryAfterSeconds: number }
  | { outcome: 'withheld'; message: SmsMessage; objection: SmsObjection };

const NOTICE_LIFETIME_MS = 3 * 86_400_000;

/** The outbox: a message exists exactly if the transaction that announces it commits; delivery happens later. */
@Injectable()
export class MessagesService {
  private readonly context: TemplateContext;

  constructor(
    private readonly seal: MessageEncryption,
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
    private readonly budgets: SendBudgets,
    private readonly guard: SpendGuard,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.context = { appUrl: config.appUrl, sender: senderName(config.MAIL_FROM) };
  }

  /**
   * Records the message, and queues its delivery where the channel has a transport, in the caller's transaction.
   * Parallel sends to one recipient, by one sender's tenant, and of all SMS, take turns until their transactions end, so
   * the limits are exact; notices by e-mail do not wait. Send last, and to one recipient per transaction, notices apart,
   * or two may deadlock.
   */
  async send(tx: Tx, message: OutgoingMessage): Promise<SendOutcome> {
    return this.settle(tx, await this.record(tx, message, false));
  }

  /**
   * As `send`, for callers who are told that something was sent. Throws MessageLimitExceeded or MessageWithheld, and then
   * the transaction must not be committed.
   */
  async sendOrFail(tx: Tx, message: OutgoingMessage): Promise<void> {
    const recorded = await this.record(tx, message, false);
    if (recorded.outcome === 'limited') throw new MessageLimitExceeded(recorded.retryAfterSeconds);
    if (recorded.outcome === 'withheld') throw new MessageWithheld(recorded.objection);
  }

  /**
   * Does what `send` does, statement by statement, for a recipient nobody knows, so that neither time nor what is left
   * of a budget tells whether an account exists. What is recorded is noise: never delivered, never shown.
   */
  async suppress(tx: Tx, message: OutgoingMessage): Promise<SendOutcome> {
    return this.settle(tx, await this.record(tx, message, true));
  }

  /**
   * Whether a `send` (or `suppress`) of this message would go through. No parallel transaction can change that until
   * this one ends. Ask before a new secret voids the older one: a limited message would leave its reader with none.
   */
  async mayReceive(tx: Tx, message: AddressedMessage): Promise<boolean> {
    return (await this.findWait(tx, message)) === null;
  }

  /** As `mayReceive`: null where it would, else the seconds until it would. */
  findWait(tx: Tx, message: AddressedMessage): Promise<number | null> {
    return this.budgets.findWait(tx, message);
  }

  /** A code sent to this number was right: codes sent to its block are being read. */
  async recordVerified(tx: Tx, phone: string): Promise<void> {
    await this.guard.recordVerified(tx, phone);
  }

  private async record(tx: Tx, message: OutgoingMessage, suppressed: boolean): Promise<Recorded> {
    const id = newId();
    const channel = channelOf(message);
    await this.budgets.takeTurn(tx, message);
    const sms = this.asSms(message);
    const objection = sms && (await this.guard.findObjection(tx, sms));
    const delivers = !objection && this.transports.has(channel) && !isToTestNumber(message, this.config);
    const spent = sms && !objection ? this.guard.keysOf(sms) : null;
    const values = [
      id,
      channel,
      objection ? null : this.payload(id, message, suppressed),
      statusOf({ suppressed, withheld: objection !== null, delivers }),
      message.template === 'notice' ? new Date(Date.now() + NOTICE_LIFETIME_MS) : message.expiresAt,
      ...[spent?.country, spent?.blockHash, spent?.addressHash].map((key) => key ?? null),
    ];
    const retryAfterSeconds = await this.insert(tx, message, values);
    if (retryAfterSeconds !== null) return { outcome: 'limited', retryAfterSeconds };
    if (sms && objection) {
      this.guard.withheld(sms, objection);
      return { outcome: 'withheld', message: sms, objection };
    }
    if (sms) await this.guard.spend(tx, sms);
    if (delivers) await this.queue.enqueue(tx, channel, id);
    return { outcome: 'sent' };
  }

  /** Under the first of its purposes that has room. Null, or the seconds to wait where none has. */
  private async insert(tx: Tx, message: OutgoingMessage, values: unknown[]): Promise<number | null> {
    let shortest = Infinity;
    for (const purpose of purposesOf(message)) {
      const limits = this.budgets.valuesOf(message, purpose);
      const [row] = await tx.query<{ wait: number | null }[]>(INSERT_WITHIN_LIMITS, [...limits, ...values]);
      if (!row || row.wait === null) return null;
      shortest = Math.min(shortest, row.wait);
    }
    return shortest;
  }

  private async settle(tx: Tx, recorded: Recorded): Promise<SendOutcome> {
    // A notice goes with an act of a tenant's, whose trail has nothing to say about the person's phone
    if (recorded.outcome === 'withheld' && recorded.message.template !== 'notice') {
      const { message, objection: reason } = recorded;
      await this.audit.record(tx, message.origin, {
        action: 'message.suppressed',
        tenantId: message.tenantId ?? null,
        actorId: message.actorId ?? null,
        outcome: 'refused',
        target: message.target,
        detail: { reason, template: message.template, country: phoneCountry(message.to) },
      });
    }
    return recorded.outcome;
  }

  /** The message, where it would cost money. */
  private asSms(message: OutgoingMessage): SmsMessage | null {
    return isSms(message) && !isToTestNumber(message, this.config) ? message : null;
  }

  private payload(id: string, message: OutgoingMessage, suppressed: boolean): Buffer {
    const sealed = this.seal.seal(id, {
      to: normaliseRecipient(channelOf(message), message.to),
      rendered: renderMessage(message, this.context),
    });
    return suppressed ? randomBytes(sealed.length) : sealed;
  }
}

function isSms(message: OutgoingMessage): message is SmsMessage {
  return channelOf(message) === 'sms';
}

function statusOf({ suppressed = false, withheld = false, delivers = false }): string {
  if (suppressed) return 'suppressed';
  if (withheld) return 'withheld';
  return delivers ? 'queued' : 'recorded';
}
