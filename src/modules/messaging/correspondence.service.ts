import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { Transaction } from '../../database/transaction.js';
import { MessageEncryption } from './message-encryption.js';
import { MessageRecordsRepository, type SentMessage } from './message-records.repository.js';

/** The person whose messages are read. A claimed (not verified) identifier may belong to somebody else. */
export interface Correspondent {
  verified: Identifier[];
  claimed: Identifier[];
  /** When the account was created. */
  since: Date;
}

/** Lists and erases the messages that were sent to one person. */
@Injectable()
export class CorrespondenceService {
  constructor(
    private readonly records: MessageRecordsRepository,
    private readonly encryption: MessageEncryption,
  ) {}

  /** Oldest first. Omits messages to a claimed identifier that somebody else may have requested. */
  list(tx: Transaction, { verified, claimed, since }: Correspondent): Promise<SentMessage[]> {
    const hashes = { verified: this.hashes(verified), claimed: this.hashes(claimed), since };
    return this.records.listTo(tx, hashes);
  }

  /**
   * Deletes the messages to these identifiers, except queued ones, which may concern others: these are still delivered.
   */
  async erase(tx: Transaction, identifiers: Identifier[]): Promise<void> {
    await this.records.deleteTo(tx, this.hashes(identifiers));
  }

  private hashes(identifiers: Identifier[]): Buffer[] {
    return identifiers.flatMap(({ kind, value }) =>
      this.encryption.recipientHashes(kind === 'email' ? 'email' : 'sms', value),
    );
  }
}
