import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { MessageEncryption } from './message-encryption.js';
import { CHECK_LIMITS, LOCK_LIMIT } from './messages.queries.js';
import { type AddressedMessage, channelOf, type Sender } from './outgoing-message.js';
import { kindOf, limitsFor, type Purpose, purposesOf, purposesSharingLimit } from './send-limits.js';

/** Locks and reads the limits of a message's recipient and sender in the database. */
@Injectable()
export class SendBudgets {
  constructor(
    private readonly encryption: MessageEncryption,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Until the transaction ends, no other message counts against the same limits. Locks the sender's tenant and account
   * first and the recipient last, always in this order. Notices need no lock here: a unique key enforces the first
   * notice to an unverified identifier, and SMS are serialised by LOCK_SPENDING.
   */
  async lock(tx: Transaction, message: AddressedMessage): Promise<void> {
    if (message.template === 'notice' || limitsFor(message, this.config).length === 0) return;
    const sender = senderIn(message);
    const [recipient] = this.encryption.recipientHashes(channelOf(message), message.to);
    const hashes = [this.hashes(sender?.tenantId)?.[0], this.hashes(sender?.userId)?.[0], recipient];
    for (const hash of hashes) {
      if (hash) await tx.execute(LOCK_LIMIT, [hash.readBigInt64BE(0).toString()]);
    }
  }

  /** Seconds until the limits allow the message under one of its purposes, or null if they do now. Calls `lock`. */
  async findWait(tx: Transaction, message: AddressedMessage): Promise<number | null> {
    await this.lock(tx, message);
    let shortest = Infinity;
    for (const purpose of purposesOf(message)) {
      const values = this.valuesOf(message, purpose);
      const row = await tx.one<{ wait: number | null }>(CHECK_LIMITS, values);
      if (!row || row.wait === null) return null;
      shortest = Math.min(shortest, row.wait);
    }
    return shortest;
  }

  /** The parameters $1 to $11 of CHECK_LIMITS and INSERT_WITHIN_LIMITS. */
  valuesOf(message: AddressedMessage, purpose: Purpose): unknown[] {
    const limits = limitsFor(message, this.config);
    const sender = senderIn(message);
    return [
      this.encryption.recipientHashes(channelOf(message), message.to),
      kindOf(message),
      purpose,
      limits.map(({ seconds }) => seconds),
      limits.map(({ max }) => max),
      limits.map(({ max, reserve = max }) => Math.min(max, reserve)),
      limits.map(({ counted }) => counted),
      purposesSharingLimit(purpose),
      this.hashes(sender?.tenantId),
      this.hashes(sender?.userId),
      this.hashes(sender?.sessionId),
    ];
  }

  /** With the current key first. The table contains only hashes of senders, not their ids. */
  private hashes(id: string | null | undefined): Buffer[] | null {
    return id ? this.keyring.hmacs('recipient-hash', `sender:${id}`) : null;
  }
}

function senderIn(message: AddressedMessage): Sender | undefined {
  return 'sender' in message ? message.sender : undefined;
}
