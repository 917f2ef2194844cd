import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { type Channel, normaliseRecipient } from './outgoing-message.js';
import type { RenderedMessage } from './templates/rendered-message.js';

/** The part of a message that is stored only encrypted. */
export interface EncryptedContent {
  to: string;
  rendered: RenderedMessage;
}

/** Encrypts recipient and content of messages at rest, and hashes recipients for lookups. */
@Injectable()
export class MessageEncryption {
  constructor(private readonly keyring: Keyring) {}

  /** AES-256-GCM with the id as associated data: a payload that was moved to another row does not decrypt. */
  encrypt(id: string, content: EncryptedContent): Buffer {
    return this.keyring.encrypt('message-encryption', JSON.stringify(content), id);
  }

  /** Throws if the payload belongs to another row, was changed, or was encrypted with a key that is no longer there. */
  decrypt(id: string, encrypted: Buffer): EncryptedContent {
    return JSON.parse(this.keyring.decrypt('message-encryption', encrypted, id)) as EncryptedContent;
  }

  /** The keyed hash of a recipient, alone in a list. */
  recipientHashes(channel: Channel, to: string): [Buffer] {
    return [this.keyring.hmac('recipient-hash', `${channel}:${normaliseRecipient(channel, to)}`)];
  }
}
