import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { MessageEncryption } from './message-encryption.js';
import type { Channel } from './outgoing-message.js';

/** That a message went out, and never what it said. */
export interface SentMessage {
  channel: Channel;
  template: string;
  status: string;
  createdAt: Date;
  sentAt: Date | null;
  expiresAt: Date;
}

/** Whose messages are meant: what one proves is theirs, what one merely claims may be somebody else's. */
export interface Correspondent {
  proven: Identifier[];
  claimed: Identifier[];
  /** When the account was made. */
  since: Date;
}

/** $1 hashes of what is proven, $2 of what is claimed, $3 since when: to a claim, what the account itself sent. */
const LIST_MESSAGES = `
  SELECT channel, template, status, created_at AS "createdAt", sent_at AS "sentAt", expires_at AS "expiresAt"
  FROM messages
  WHERE recipient_hash = ANY ($1::bytea[])
    OR (recipient_hash = ANY ($2::bytea[]) AND created_at >= $3
        AND (template = 'verify-email' OR template LIKE 'notice:%'))
  ORDER BY created_at, id`;

/** What was sent to one person. */
@Injectable()
export class CorrespondenceService {
  constructor(private readonly seal: MessageEncryption) {}

  /** Oldest first. Of what went to an address that is only claimed, nothing that another may have asked for. */
  list(tx: Tx, { proven, claimed, since }: Correspondent): Promise<SentMessage[]> {
    return tx.query<SentMessage[]>(LIST_MESSAGES, [this.hashes(proven), this.hashes(claimed), since]);
  }

  /** Forgets what was sent to these; what still waits to be delivered is not theirs alone, and goes in its own time. */
  async erase(tx: Tx, identifiers: Identifier[]): Promise<void> {
    await tx.query(`DELETE FROM messages WHERE recipient_hash = ANY ($1::bytea[]) AND status <> 'queued'`, [
      this.hashes(identifiers),
    ]);
  }

  private hashes(identifiers: Identifier[]): Buffer[] {
    return identifiers.flatMap(({ kind, value }) =>
      this.seal.recipientHashes(kind === 'email' ? 'email' : 'sms', value),
    );
  }
}
