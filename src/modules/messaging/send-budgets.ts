import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Queries } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { type CodeRecording, shapeOf } from './code-recording.js';
import { MessageEncryption } from './message-encryption.js';
import {
  type LimitedMessage,
  MessagesRepository,
  type NewMessage,
  type RecordedMessage,
  recordValues,
} from './messages.repository.js';
import { type AddressedMessage, channelOf, type OtpMessage, type Sender } from './outgoing-message.js';
import { kindOf, limitsFor, purposesOf, purposesSharingLimit, type SendLimit } from './send-limits.js';
import type { SmsCharge } from './spending/sms-charge.js';

/** The limits of a message's recipient and sender, and the keys under which messages count. */
@Injectable()
export class SendBudgets {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly encryption: MessageEncryption,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Seconds until the limits allow the message under one of its purposes, or null if they do now. Locks its keys. */
  async findWait(tx: Transaction, message: AddressedMessage): Promise<number | null> {
    const limited = this.of(message);
    await this.messages.lock(tx, limited.lockKeys);
    return this.messages.findWait(tx, limited);
  }

  /** The parameters of `RECORD_MESSAGE`. */
  valuesOf(message: AddressedMessage, recorded: NewMessage, charge: SmsCharge | null): unknown[] {
    return recordValues(this.of(message), recorded, charge);
  }

  /** The limits and counters of a code, for a statement that records several. */
  recordingOf(
    message: OtpMessage,
    recorded: NewMessage,
    charge: SmsCharge | null,
  ): Pick<CodeRecording, 'shape' | 'message' | 'limited' | 'charge'> {
    const limited = this.of(message);
    return { shape: shapeOf(recorded, limited, charge), message: recorded, limited, charge };
  }

  /** As `MessagesRepository.record`. */
  record(tx: Queries, values: unknown[]): Promise<RecordedMessage> {
    return this.messages.record(tx, values);
  }

  private of(message: AddressedMessage): LimitedMessage {
    const sender = senderIn(message);
    const [recipientHash] = this.encryption.recipientHashes(channelOf(message), message.to);
    const [senderTenantHash, senderUserHash, senderSessionHash] = [
      this.hash(sender?.tenantId),
      this.hash(sender?.userId),
      this.hash(sender?.sessionId),
    ];
    const limits = limitsFor(message, this.config);
    const purposes = purposesOf(message);
    return {
      lockKeys: lockKeysOf(message, limits, [senderTenantHash, senderUserHash, recipientHash]),
      recipientHash,
      template: kindOf(message),
      purposes,
      sharingLimit: purposesSharingLimit(purposes[0]),
      limits,
      senderTenantHash,
      senderUserHash,
      senderSessionHash,
    };
  }

  /** The table contains only hashes of senders, not their ids. */
  private hash(id: string | null | undefined): Buffer | null {
    return id ? this.keyring.hmac('recipient-hash', `sender:${id}`) : null;
  }
}

/**
 * Until the transaction ends, no other message counts against the same limits. The sender's tenant and account are
 * locked first and the recipient last, always in this order. A transaction may send several notices, after everything
 * else: those by SMS lock keys of their own, in the order of their recipients, and those by e-mail none, because a
 * unique key enforces the first notice to an unverified identifier.
 */
function lockKeysOf(message: AddressedMessage, limits: SendLimit[], hashes: (Buffer | null)[]): bigint[] {
  if (limits.length === 0) return [];
  if (message.template !== 'notice') return hashes.flatMap((hash) => hash?.readBigInt64BE(0) ?? []);
  // Another part of the hash than other messages lock
  return channelOf(message) === 'sms'
    ? hashes.slice(-1).flatMap((hash) => hash?.readBigInt64BE(8) ?? [])
    : [];
}

function senderIn(message: AddressedMessage): Sender | undefined {
  return 'sender' in message ? message.sender : undefined;
}
