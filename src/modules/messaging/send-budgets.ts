import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { MessageEncryption } from './message-encryption.js';
import { type LimitedMessage, MessagesRepository, type NewMessage } from './messages.repository.js';
import { type AddressedMessage, channelOf, type Sender } from './outgoing-message.js';
import { kindOf, limitsFor, type Purpose, purposesOf, purposesSharingLimit } from './send-limits.js';

/** The limits of a message's recipient and sender: locks them, reads them, and records messages within them. */
@Injectable()
export class SendBudgets {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly encryption: MessageEncryption,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Until the transaction ends, no other message counts against the same limits. Locks the sender's tenant and account
   * first and the recipient last, always in this order. A transaction may send several notices, after everything else:
   * those by SMS lock keys of their own, in the order of their recipients, and those by e-mail none, because a unique
   * key enforces the first notice to an unverified identifier.
   */
  async lock(tx: Transaction, message: AddressedMessage): Promise<void> {
    if (limitsFor(message, this.config).length === 0) return;
    const [recipient] = this.encryption.recipientHashes(channelOf(message), message.to);
    if (message.template === 'notice') {
      // Another part of the hash than other messages lock
      if (channelOf(message) === 'sms' && recipient)
        await this.messages.lock(tx, [recipient.readBigInt64BE(8)]);
      return;
    }
    const sender = senderIn(message);
    const hashes = [this.hashes(sender?.tenantId)?.[0], this.hashes(sender?.userId)?.[0], recipient];
    await this.messages.lock(
      tx,
      hashes.flatMap((hash) => hash?.readBigInt64BE(0) ?? []),
    );
  }

  /** Seconds until the limits allow the message under one of its purposes, or null if they do now. Calls `lock`. */
  async findWait(tx: Transaction, message: AddressedMessage): Promise<number | null> {
    await this.lock(tx, message);
    return this.tryPurposes(message, (limited) => this.messages.findWait(tx, limited));
  }

  /**
   * Records the message under the first purpose whose limits allow it, and returns null; or returns the seconds to wait
   * if none does. Call `lock` before.
   */
  insert(tx: Transaction, message: AddressedMessage, recorded: NewMessage): Promise<number | null> {
    return this.tryPurposes(message, (limited) => this.messages.insertWithinLimits(tx, limited, recorded));
  }

  private async tryPurposes(
    message: AddressedMessage,
    findWait: (limited: LimitedMessage) => Promise<number | null>,
  ): Promise<number | null> {
    let shortest = Infinity;
    for (const purpose of purposesOf(message)) {
      const wait = await findWait(this.limitedBy(message, purpose));
      if (wait === null) return null;
      shortest = Math.min(shortest, wait);
    }
    return shortest;
  }

  private limitedBy(message: AddressedMessage, purpose: Purpose): LimitedMessage {
    const sender = senderIn(message);
    return {
      recipientHashes: this.encryption.recipientHashes(channelOf(message), message.to),
      template: kindOf(message),
      purpose,
      sharingLimit: purposesSharingLimit(purpose),
      limits: limitsFor(message, this.config),
      senderTenantHashes: this.hashes(sender?.tenantId),
      senderUserHashes: this.hashes(sender?.userId),
      senderSessionHashes: this.hashes(sender?.sessionId),
    };
  }

  /** The table contains only hashes of senders, not their ids. */
  private hashes(id: string | null | undefined): Buffer[] | null {
    return id ? [this.keyring.hmac('recipient-hash', `sender:${id}`)] : null;
  }
}

function senderIn(message: AddressedMessage): Sender | undefined {
  return 'sender' in message ? message.sender : undefined;
}
