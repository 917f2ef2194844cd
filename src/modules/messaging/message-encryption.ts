import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import type { RenderedMessage } from './templates/rendered-message.js';
import { normaliseRecipient, type Channel } from './outgoing-message.js';

/** What the table keeps only encrypted. */
export interface EncryptedContent {
  to: string;
  rendered: RenderedMessage;
}

/** Who gets a message and what it says never lie in the database in clear. */
@Injectable()
export class MessageEncryption {
  constructor(private readonly keyring: Keyring) {}

  /** AES-256-GCM, bound to the row: a payload moved to another row does not open. */
  seal(id: string, content: EncryptedContent): Buffer {
    return this.keyring.encrypt('message-encryption', JSON.stringify(content), id);
  }

  open(id: string, sealed: Buffer): EncryptedContent {
    return JSON.parse(this.keyring.decrypt('message-encryption', sealed, id)) as EncryptedContent;
  }

  /** The keyed hashes a recipient is found by: the current key's first, then, during a rotation, the previous one's. */
  recipientHashes(channel: Channel, to: string): [Buffer, ...Buffer[]] {
    const [current, ...previous] = this.keyring.hmacs(
      'recipient-hash',
      `${channel}:${normaliseRecipient(channel, to)}`,
    );
    if (!current) throw new Error('The keyring is empty');
    return [current, ...previous];
  }
}
