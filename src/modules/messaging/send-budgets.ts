import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Tx } from '../../database/database.js';
import { MessageEncryption } from './message-encryption.js';
import { CHECK_LIMITS, LOCK_TURN } from './messages.queries.js';
import { channelOf, type AddressedMessage, type Sender } from './outgoing-message.js';
import { kindOf, limitsFor, type Purpose, purposesBeside, purposesOf } from './send-limits.js';

/** What is left of the limits of a message's recipient and of its sender, as the database has it. */
@Injectable()
export class SendBudgets {
  constructor(
    private readonly seal: MessageEncryption,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * From here until the transaction ends nobody else spends what this message would: of its sender's tenant and account
   * first, of its recipient last. Notices by e-mail do not wait: the limits that matter of theirs are in a unique key.
   */
  async takeTurn(tx: Tx, message: AddressedMessage): Promise<void> {
    if (message.template === 'notice' || limitsFor(message, this.config).length === 0) return;
    const sender = senderIn(message);
    const [recipient] = this.seal.recipientHashes(channelOf(message), message.to);
    const turns = [this.hashes(sender?.tenantId)?.[0], this.hashes(sender?.userId)?.[0], recipient];
    for (const turn of turns) {
      if (turn) await tx.query(LOCK_TURN, [turn.readBigInt64BE(0).toString()]);
    }
  }

  /** Seconds until one of the message's purposes has room, or null where one has. Takes the turn. */
  async findWait(tx: Tx, message: AddressedMessage): Promise<number | null> {
    await this.takeTurn(tx, message);
    let shortest = Infinity;
    for (const purpose of purposesOf(message)) {
      const values = this.valuesOf(message, purpose);
      const [row] = await tx.query<{ wait: number | null }[]>(CHECK_LIMITS, values);
      if (!row || row.wait === null) return null;
      shortest = Math.min(shortest, row.wait);
    }
    return shortest;
  }

  /** The first eleven parameters of both statements that know the limits. */
  valuesOf(message: AddressedMessage, purpose: Purpose): unknown[] {
    const limits = limitsFor(message, this.config);
    const sender = senderIn(message);
    return [
      this.seal.recipientHashes(channelOf(message), message.to),
      kindOf(message),
      purpose,
      limits.map(({ seconds }) => seconds),
      limits.map(({ max }) => max),
      limits.map(({ max, reserve = max }) => Math.min(max, reserve)),
      limits.map(({ counted }) => counted),
      purposesBeside(purpose),
      this.hashes(sender?.tenantId),
      this.hashes(sender?.userId),
      this.hashes(sender?.sessionId),
    ];
  }

  /** The current key's first. No id of a sender lies in the table. */
  private hashes(id: string | null | undefined): Buffer[] | null {
    return id ? this.keyring.hmacs('recipient-hash', `sender:${id}`) : null;
  }
}

function senderIn(message: AddressedMessage): Sender | undefined {
  return 'sender' in message ? message.sender : undefined;
}
