import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import type { SmsObjection } from '../metrics/sms-words.js';
import { DeliverySignal } from './delivery/delivery-signal.js';
import { MessageTransports } from './delivery/message-transports.js';
import { MessageContextService } from './message-context.service.js';
import { MessageEncryption } from './message-encryption.js';
import type { NewMessage } from './messages.repository.js';
import { MessageLimitExceeded, MessageWithheld } from './messaging.errors.js';
import {
  type AddressedMessage,
  channelOf,
  normaliseRecipient,
  type OutgoingMessage,
} from './outgoing-message.js';
import { SendBudgets } from './send-budgets.js';
import { isToTestNumber } from './send-limits.js';
import { phoneCountry } from './spending/phone-country.js';
import type { SmsMessage } from './spending/sms-budgets.js';
import { SpendGuard } from './spending/spend-guard.js';
import { renderMessage } from './templates/render-message.js';
import type { TemplateContext } from './templates/rendered-message.js';

/**
 * `limited`: a limit of the recipient or the sender is reached; nothing was recorded. `withheld`: the spend guard has
 * blocked the message; it is not delivered. The block is in the audit trail; for a notice, only in the metrics. An
 * unauthenticated caller must get the same response as for `sent`.
 */
export type SendOutcome = 'sent' | 'limited' | 'withheld';

/** The result of recording a message. */
type Recorded =
  | { outcome: 'sent' }
  | { outcome: 'limited'; retryAfterSeconds: number }
  | { outcome: 'withheld'; message: SmsMessage; objection: SmsObjection };

const NOTICE_LIFETIME_SECONDS = 3 * 86_400;

/** The outbox: a message is recorded if and only if the caller's transaction commits; the delivery happens later. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly encryption: MessageEncryption,
    private readonly transports: MessageTransports,
    private readonly deliveries: DeliverySignal,
    private readonly budgets: SendBudgets,
    private readonly guard: SpendGuard,
    private readonly audit: AuditService,
    private readonly contexts: MessageContextService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Records the message in the caller's transaction, and queues its delivery if the channel has a transport. To keep
   * the limits exact, sends to one recipient, sends of one sender's tenant or account, and SMS from one address, to one
   * block of numbers or for one tenant are serialised until their transactions end; notices by e-mail are not. Call it last in a transaction and, except for
   * notices, for one recipient per transaction: otherwise two transactions may deadlock.
   */
  async send(tx: Transaction, message: OutgoingMessage): Promise<SendOutcome> {
    return this.settle(tx, await this.record(tx, message, false));
  }

  /**
   * As `send`, for callers whose response says that the message was sent. Throws MessageLimitExceeded or
   * MessageWithheld: then do not commit the transaction.
   */
  async sendOrFail(tx: Transaction, message: OutgoingMessage): Promise<void> {
    const recorded = await this.record(tx, message, false);
    if (recorded.outcome === 'limited') throw new MessageLimitExceeded(recorded.retryAfterSeconds);
    if (recorded.outcome === 'withheld') throw new MessageWithheld(recorded.objection);
  }

  /**
   * For a recipient without an account: runs the same statements as `send`, so that neither the response time nor the
   * remaining limits disclose whether an account exists. Records random bytes as content, which are never delivered.
   */
  async suppress(tx: Transaction, message: OutgoingMessage): Promise<SendOutcome> {
    return this.settle(tx, await this.record(tx, message, true));
  }

  /**
   * Whether the limits allow this message. Stays true until the transaction ends, whatever runs in parallel. Call it
   * before issuing a secret that revokes an older one: if the message were limited, the recipient would have neither.
   */
  async mayReceive(tx: Transaction, message: AddressedMessage): Promise<boolean> {
    return (await this.findWait(tx, message)) === null;
  }

  /** As `mayReceive`, but returns the seconds until the limits allow the message, or null if they do now. */
  findWait(tx: Transaction, message: AddressedMessage): Promise<number | null> {
    return this.budgets.findWait(tx, message);
  }

  /**
   * Call it when a code sent to this number was entered correctly: SpendGuard counts verified codes by number block.
   */
  async recordVerified(tx: Transaction, phone: string): Promise<void> {
    await this.guard.recordVerified(tx, phone);
  }

  private async record(tx: Transaction, message: OutgoingMessage, suppressed: boolean): Promise<Recorded> {
    const id = newId();
    const channel = channelOf(message);
    const sms = this.asSms(message);
    let objection = sms && this.guard.findObjection(sms);
    const delivers = !objection && this.transports.has(channel) && !isToTestNumber(message, this.config);
    const context = await this.contexts.of(tx, message);
    await this.budgets.lock(tx, message);
    const retryAfterSeconds = await this.budgets.insert(tx, message, {
      id,
      channel,
      payloadEncrypted: objection ? null : this.payload(id, message, context, suppressed),
      status: statusOf({ suppressed, withheld: objection !== null, delivers }),
      expires: expiryOf(message),
    });
    if (retryAfterSeconds !== null) return { outcome: 'limited', retryAfterSeconds };
    // Last, because it locks what other messages share
    if (sms) objection ??= await this.guard.charge(tx, sms, id);
    if (sms && objection) {
      this.guard.withheld(sms, objection);
      return { outcome: 'withheld', message: sms, objection };
    }
    if (delivers) tx.afterCommit(() => this.deliveries.wake(channel));
    return { outcome: 'sent' };
  }

  private async settle(tx: Transaction, recorded: Recorded): Promise<SendOutcome> {
    // Not for notices: they go with an action within a tenant, whose audit trail must not disclose the person's phone
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

  /** The message if it is an SMS that costs money, else null. */
  private asSms(message: OutgoingMessage): SmsMessage | null {
    return isSms(message) && !isToTestNumber(message, this.config) ? message : null;
  }

  private payload(
    id: string,
    message: OutgoingMessage,
    context: TemplateContext,
    suppressed: boolean,
  ): Buffer {
    const encrypted = this.encryption.encrypt(id, {
      to: normaliseRecipient(channelOf(message), message.to),
      rendered: renderMessage(message, context),
    });
    return suppressed ? randomBytes(encrypted.length) : encrypted;
  }
}

function isSms(message: OutgoingMessage): message is SmsMessage {
  return channelOf(message) === 'sms';
}

function statusOf({ suppressed = false, withheld = false, delivers = false }): NewMessage['status'] {
  if (suppressed) return 'suppressed';
  if (withheld) return 'withheld';
  return delivers ? 'queued' : 'recorded';
}

/**
 * Seconds from now, or a moment of the database's clock. The expiry of a code is a moment of this server's clock, so that
 * only its distance from now counts.
 */
function expiryOf(message: OutgoingMessage): Date | number {
  if (message.template === 'notice') return NOTICE_LIFETIME_SECONDS;
  if (message.template === 'otp') return (message.expiresAt.getTime() - Date.now()) / 1000;
  return message.expiresAt;
}
