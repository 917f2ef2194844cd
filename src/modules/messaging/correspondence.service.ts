import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { Transaction } from '../../database/transaction.js';
import { MessageEncryption } from './message-encryption.js';
import type { Channel } from './outgoing-message.js';

/** The record of a message, without its content. */
export interface SentMessage {
  channel: Channel;
  template: string;
  status: string;
  createdAt: Date;
  sentAt: Date | null;
  expiresAt: Date;
}

/** The person whose messages are read. A claimed (not verified) identifier may belong to somebody else. */
export interface Correspondent {
  verified: Identifier[];
  claimed: Identifier[];
  /** When the account was created. */
  since: Date;
}

/**
 * $1 hashes of verified identifiers, $2 of claimed ones, $3 when the account was created. To claimed identifiers it
 * lists only the messages that the account itself caused.
 */
const LIST_MESSAGES = `
  SELECT channel, template, status, created_at AS "createdAt", sent_at AS "sentAt", expires_at AS "expiresAt"
  FROM messages
  WHERE recipient_hash = ANY ($1::bytea[])
    OR (recipient_hash = ANY ($2::bytea[]) AND created_at >= $3
        AND (template = 'verify-email' OR template LIKE 'notice:%'))
  ORDER BY created_at, id`;

/** Lists and erases the messages that were sent to one person. */
@Injectable()
export class CorrespondenceService {
  constructor(private readonly encryption: MessageEncryption) {}

  /** Oldest first. Omits messages to a claimed identifier that somebody else may have requested. */
  list(tx: Transaction, { verified, claimed, since }: Correspondent): Promise<SentMessage[]> {
    return tx.many<SentMessage>(LIST_MESSAGES, [this.hashes(verified), this.hashes(claimed), since]);
  }

  /**
   * Deletes the messages to these identifiers, except queued ones, which may concern others: these are still delivered.
   */
  async erase(tx: Transaction, identifiers: Identifier[]): Promise<void> {
    await tx.execute(`DELETE FROM messages WHERE recipient_hash = ANY ($1::bytea[]) AND status <> 'queued'`, [
      this.hashes(identifiers),
    ]);
  }

  private hashes(identifiers: Identifier[]): Buffer[] {
    return identifiers.flatMap(({ kind, value }) =>
      this.encryption.recipientHashes(kind === 'email' ? 'email' : 'sms', value),
    );
  }
}
