import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import type { SmsObjection } from '../metrics/sms-words.js';
import type { CodeRecording } from './code-recording.js';
import { DeliverySignal } from './delivery/delivery-signal.js';
import { MessageTransports } from './delivery/message-transports.js';
import { MessageContextService } from './message-context.service.js';
import type { NewMessage, RecordedMessage } from './messages.repository.js';
import { MessageLimitExceeded, MessageWithheld } from './messaging.errors.js';
import {
  type AddressedMessage,
  channelOf,
  type OtpMessage,
  type OutgoingMessage,
} from './outgoing-message.js';
import { expiryOf, isSms, type PreparedMessage, statusOf } from './prepared-message.js';
import { SendBudgets } from './send-budgets.js';
import { isToTestNumber } from './send-limits.js';
import { phoneCountry } from './spending/phone-country.js';
import type { SmsMessage } from './spending/sms-budgets.js';
import { reasonsOf } from './spending/sms-charge.js';
import type { VerifiedCodes } from './spending/sms-spending.repository.js';
import { SpendGuard } from './spending/spend-guard.js';
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

/** The outbox: a message is recorded if and only if the caller's transaction commits; the delivery happens later. */
@Injectable()
export class MessagesService {
  constructor(
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
   * block of numbers or for one tenant are serialised until their transactions end; notices by e-mail are not. Call it
   * last in a transaction and, except for notices, for one recipient per transaction: otherwise two transactions may
   * deadlock.
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

  /** As `SpendGuard.verifiedCodes`. */
  verifiedCodes(phone: string): VerifiedCodes | null {
    return this.guard.verifiedCodes(phone);
  }

  /**
   * As `send`, for a code of no tenant, in a statement that commits by itself and records the withheld message in the
   * audit trail. Finds out whether it is requested from a known address (`OtpMessage`).
   */
  async sendAlone(
    requested: OtpMessage,
    run: (recording: CodeRecording) => Promise<RecordedMessage>,
  ): Promise<SendOutcome> {
    const { context, fromKnownAddress } = await this.contexts.ofCode(requested);
    const message = { ...requested, fromKnownAddress };
    const prepared = this.prepare(message, context, { suppressed: false, alone: true });
    const { sms, objection, charge } = prepared;
    const recorded = await run({
      ...this.budgets.recordingOf(message, prepared.recorded, charge),
      objection,
      reasons: charge ? reasonsOf(charge) : [],
      detail: { template: message.template, ...(sms && { country: phoneCountry(sms.to) }) },
    });
    const { outcome } = this.judge(prepared, recorded);
    if (outcome === 'sent' && prepared.delivers) this.deliveries.wake(prepared.channel);
    return outcome;
  }

  private async record(tx: Transaction, message: OutgoingMessage, suppressed: boolean): Promise<Recorded> {
    const context = await this.contexts.of(tx, message);
    const prepared = this.prepare(message, context, { suppressed, alone: false });
    const { id, sms, charge, channel } = prepared;
    const values = this.budgets.valuesOf(message, prepared.recorded, charge);
    let recorded = this.judge(prepared, await this.budgets.record(tx, values));
    if (sms && charge && recorded.outcome === 'sent') {
      const objection = await this.guard.reserve(tx, sms, charge, id);
      if (objection) recorded = this.withheld(sms, objection);
    }
    if (recorded.outcome === 'sent' && prepared.delivers) tx.afterCommit(() => this.deliveries.wake(channel));
    return recorded;
  }

  private prepare(
    message: OutgoingMessage,
    context: TemplateContext,
    { suppressed, alone }: Record<'suppressed' | 'alone', boolean>,
  ): PreparedMessage {
    const id = newId();
    const channel = channelOf(message);
    const sms = this.asSms(message);
    const objection = sms && this.guard.findObjection(sms);
    const charge = sms && !objection ? this.guard.chargeOf(sms, { alone }) : null;
    const delivers = !objection && this.transports.has(channel) && !isToTestNumber(message, this.config);
    const recorded: NewMessage = {
      id,
      channel,
      payloadEncrypted: objection ? null : this.contexts.encrypt(id, message, context, { suppressed }),
      status: statusOf({ suppressed, withheld: objection !== null, delivers }),
      expires: expiryOf(message),
    };
    return { id, channel, sms, objection, charge, delivers, recorded };
  }

  private judge({ sms, objection, charge }: PreparedMessage, recorded: RecordedMessage): Recorded {
    if (recorded.wait !== null) return { outcome: 'limited', retryAfterSeconds: recorded.wait };
    const reason = objection ?? (sms && charge && this.guard.objectionIn(sms, charge, recorded));
    return sms && reason ? this.withheld(sms, reason) : { outcome: 'sent' };
  }

  private withheld(message: SmsMessage, objection: SmsObjection): Recorded {
    this.guard.withheld(message, objection);
    return { outcome: 'withheld', message, objection };
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
}
