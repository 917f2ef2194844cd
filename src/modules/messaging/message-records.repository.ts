import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import type { MessageEntity } from './entities/message.entity.js';
import type { Channel } from './outgoing-message.js';

/** Bounds the cost of counting. */
const MAX_COUNTED = 10_000;

/** The record of a message, without its content. */
export type SentMessage = Pick<
  MessageEntity,
  'channel' | 'template' | 'status' | 'createdAt' | 'sentAt' | 'expiresAt'
>;

/** The delivery of a message, without its content. */
export type MessageState = SentMessage &
  Pick<MessageEntity, 'id' | 'tries'> & {
    /** Null if the message is not queued. */
    nextTryAt: Date | null;
  };

/** A message with its content. */
export type StoredMessage = Pick<MessageEntity, 'id' | 'channel' | 'template' | 'createdAt'> & {
  payloadEncrypted: Buffer;
};

/** Keyed hashes of a person's identifiers. */
export interface CorrespondentHashes {
  verified: Buffer[];
  claimed: Buffer[];
  /** When the account was created. */
  since: Date;
}

/** Reads, counts and deletes recorded messages. */
@Injectable()
export class MessageRecordsRepository {
  constructor(private readonly database: Database) {}

  /** Oldest first. To claimed identifiers, only the messages that the account itself caused. */
  listTo(tx: Transaction, { verified, claimed, since }: CorrespondentHashes): Promise<SentMessage[]> {
    return tx.many<SentMessage>(LIST_TO, [verified, claimed, since]);
  }

  /** What became of the messages to a recipient, newest first. */
  listStates(recipientHashes: Buffer[], limit: number): Promise<MessageState[]> {
    return this.database.autocommit.many<MessageState>(LIST_STATES, [recipientHashes, limit]);
  }

  /** Deletes the messages to these recipients, except queued ones. */
  async deleteTo(tx: Transaction, recipientHashes: Buffer[]): Promise<void> {
    await tx.execute(DELETE_TO, [recipientHashes]);
  }

  /** Newest first, those with a content that somebody gets. Without hashes, to all recipients. */
  listRecent({
    recipientHashes,
    limit,
  }: {
    recipientHashes: Buffer[] | null;
    limit: number;
  }): Promise<StoredMessage[]> {
    return this.database.autocommit.many<StoredMessage>(LIST_RECENT, [recipientHashes, limit]);
  }

  /** As `listRecent`, one message. */
  findRecent(id: string): Promise<StoredMessage | null> {
    return this.database.autocommit.one<StoredMessage>(FIND_RECENT, [id]);
  }

  /** Counts the messages that wait, of all servers, without those under way. At most MAX_COUNTED per channel. */
  async countWaiting(channels: Channel[]): Promise<Map<Channel, number>> {
    const values = [channels, MAX_COUNTED];
    const rows = await this.database.autocommit.many<{ channel: Channel; count: number }>(
      COUNT_WAITING,
      values,
    );
    return new Map(rows.map(({ channel, count }) => [channel, count]));
  }

  /** Deletes up to `limit` messages, the oldest first, and returns how many. Several servers may call it at once. */
  deleteOld({
    daysKept,
    daysKeptExpired,
    limit,
  }: Record<'daysKept' | 'daysKeptExpired' | 'limit', number>): Promise<number> {
    return this.database.autocommit.execute(DELETE_OLD, [daysKept, daysKeptExpired, limit]);
  }
}

/** $1 hashes of verified identifiers, $2 of claimed ones, $3 when the account was created. */
const LIST_TO = `
  SELECT channel, template, status, created_at AS "createdAt", sent_at AS "sentAt", expires_at AS "expiresAt"
  FROM messages
  WHERE recipient_hash = ANY ($1::bytea[])
    OR (recipient_hash = ANY ($2::bytea[]) AND created_at >= $3
        AND (template = 'verify-email' OR template LIKE 'notice:%'))
  ORDER BY created_at, id`;

/** $1 recipient hashes, $2 limit. */
const LIST_STATES = `
  SELECT id, channel, template, status, created_at AS "createdAt", sent_at AS "sentAt", expires_at AS "expiresAt", tries,
    CASE status WHEN 'queued' THEN next_try_at END AS "nextTryAt"
  FROM messages WHERE recipient_hash = ANY ($1::bytea[]) ORDER BY created_at DESC, id DESC LIMIT $2`;

/** $1 recipient hashes. */
const DELETE_TO = `DELETE FROM messages WHERE recipient_hash = ANY ($1::bytea[]) AND status <> 'queued'`;

const STORED = `
  SELECT id, channel, template, payload_encrypted AS "payloadEncrypted", created_at AS "createdAt" FROM messages
  WHERE status NOT IN ('suppressed', 'withheld') AND payload_encrypted IS NOT NULL`;

/** $1 recipient hashes, or null for all recipients, $2 limit. */
const LIST_RECENT = `${STORED} AND ($1::bytea[] IS NULL OR recipient_hash = ANY ($1))
  ORDER BY created_at DESC, id DESC
  LIMIT $2`;

/** $1 id */
const FIND_RECENT = `${STORED} AND id = $1`;

/** $1 days since creation, $2 days since expiry, $3 limit. */
const DELETE_OLD = `
  DELETE FROM messages WHERE id IN (
    SELECT id FROM messages
    WHERE created_at < now() - make_interval(days => LEAST($1::int, $2::int))
      AND (created_at < now() - make_interval(days => $1::int) OR expires_at < now() - make_interval(days => $2::int))
    ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )`;

/** $1 channels, $2 the maximum per channel. */
const COUNT_WAITING = {
  name: 'count-waiting-messages',
  text: `
  SELECT queue.channel, waiting.count FROM unnest($1::text[]) AS queue (channel)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM messages m
      WHERE m.channel = queue.channel AND m.status = 'queued' AND m.leased_until IS NULL LIMIT $2
    ) AS message
  ) AS waiting`,
};
