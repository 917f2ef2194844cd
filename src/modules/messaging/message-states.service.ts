import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { MessageEncryption } from './message-encryption.js';
import { MessageRecordsRepository, type MessageState } from './message-records.repository.js';

const MAX_LISTED = 100;

/** What became of messages, for operators; never their contents. */
@Injectable()
export class MessageStatesService {
  constructor(
    private readonly records: MessageRecordsRepository,
    private readonly encryption: MessageEncryption,
  ) {}

  /** The newest to this recipient, newest first. */
  list({ kind, value }: Identifier): Promise<MessageState[]> {
    const channel = kind === 'phone' ? 'sms' : 'email';
    return this.records.listStates(this.encryption.recipientHashes(channel, value), MAX_LISTED);
  }
}
