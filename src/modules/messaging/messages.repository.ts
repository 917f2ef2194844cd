import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';
import type { Channel } from './outgoing-message.js';
import type { Counted, Purpose, SendLimit } from './send-limits.js';

/** The limits of a message, and the keyed hashes, the current one first, of those whose messages they count. */
export interface LimitedMessage {
  recipientHashes: Buffer[];
  template: string;
  purpose: Purpose;
  /** The purposes that share a limit at the recipient. */
  sharingLimit: readonly Purpose[];
  limits: SendLimit[];
  senderTenantHashes: Buffer[] | null;
  senderUserHashes: Buffer[] | null;
  senderSessionHashes: Buffer[] | null;
}

/** A message to record. It is delivered if its status is `queued`. */
export interface NewMessage {
  id: string;
  channel: Channel;
  payloadEncrypted: Buffer | null;
  status: 'recorded' | 'suppressed' | 'withheld' | 'queued';
  /** A moment of the database's clock, or seconds from now. */
  expires: Date | number;
}

/** Records messages within the limits of their recipients and senders. */
@Injectable()
export class MessagesRepository {
  /** Transactions that lock the same key run one after the other from here to their ends. Locks in the given order. */
  async lock(tx: Transaction, keys: bigint[]): Promise<void> {
    await tx.execute(LOCK, [keys.map(String)]);
  }

  /** Seconds until the limits allow the message, or null if they do now. */
  async findWait(tx: Transaction, message: LimitedMessage): Promise<number | null> {
    const row = await tx.one<{ wait: number | null }>(FIND_WAIT, valuesOf(message));
    return row?.wait ?? null;
  }

  /**
   * Records the message and returns null, or, if a limit is reached, the seconds until it allows the message. Exact only
   * if the transaction has locked those whose messages are counted.
   */
  async insertWithinLimits(
    tx: Transaction,
    limited: LimitedMessage,
    { id, channel, payloadEncrypted, status, expires }: NewMessage,
  ): Promise<number | null> {
    const [expiresAt, seconds] = typeof expires === 'number' ? [null, expires] : [expires, null];
    const values = [...valuesOf(limited), id, channel, payloadEncrypted, status, expiresAt, seconds];
    const row = await tx.one<{ wait: number | null }>(INSERT_WITHIN_LIMITS, values);
    return row?.wait ?? null;
  }
}

/** The parameters $1 to $11 of WAIT. */
function valuesOf(message: LimitedMessage): unknown[] {
  const { limits } = message;
  return [
    message.recipientHashes,
    message.template,
    message.purpose,
    limits.map(({ seconds }) => seconds),
    limits.map(({ max }) => max),
    limits.map(({ max, reserve = max }) => Math.min(max, reserve)),
    limits.map(({ counted }) => counted),
    message.sharingLimit,
    message.senderTenantHashes,
    message.senderUserHashes,
    message.senderSessionHashes,
  ];
}

/** $1 keys. */
const LOCK = {
  name: 'lock-send-limits',
  text: 'SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key',
};

/** A subquery, so that PostgreSQL reads only the partitions that it needs. */
const NOW = '(SELECT clock_timestamp())';

const TO_RECIPIENT = 'm.recipient_hash = ANY ($1::bytea[])';

/**
 * When the message was created that must leave the window before another one is allowed; no row if one is allowed now.
 */
const oldestOf = (condition: string, count: string) => `
  CROSS JOIN LATERAL (
    SELECT m.created_at FROM messages m
    WHERE ${condition} AND m.created_at > ${NOW} - make_interval(secs => send_limit.seconds)
    ORDER BY m.created_at DESC OFFSET ${count} - 1 LIMIT 1
  )`;

/** Seconds until each limit of this kind allows another message; no row for a limit that allows one now. */
const waitFor = (counted: Counted, ...conditions: [string, ...string[]]) => `
  SELECT send_limit.seconds + extract(epoch FROM LEAST(${conditions.map((_, at) => `m${at}.created_at`).join()})
                                                 - clock_timestamp()) AS seconds
  FROM unnest($4::int[], $5::int[], $6::int[], $7::text[]) AS send_limit (seconds, max, reserve, counted)
  ${conditions.map((one, at) => `${oldestOf(one, at === 0 ? 'send_limit.max' : 'send_limit.reserve')} AS m${at}`).join('')}
  WHERE send_limit.counted = '${counted}'`;

/**
 * Seconds to wait, or null if every limit allows the message. Counts suppressed and withheld messages like sent ones,
 * so that the limits do not disclose which of them a message was. Uses clock_timestamp(), not now(): a transaction may
 * be older than its message.
 *
 * $1 recipient hashes, $2 template, $3 purpose; per limit: $4 seconds, $5 max, $6 reserve, $7 what is counted; $8
 * purposes that share a limit at the recipient; hashes, or null, of the sender's $9 tenant, $10 account and $11 session.
 */
const WAIT = `
  SELECT max(seconds) AS seconds FROM (
    ${waitFor('template', `${TO_RECIPIENT} AND m.template = $2::text`)}
    UNION ALL ${waitFor(
      'purpose',
      `${TO_RECIPIENT} AND m.purpose = ANY ($8::text[])`,
      `${TO_RECIPIENT} AND m.purpose = $3::text`,
    )}
    UNION ALL ${waitFor('tenant', 'm.sender_tenant_hash = ANY ($9::bytea[]) AND m.purpose = $3::text')}
    UNION ALL ${waitFor('account', 'm.sender_user_hash = ANY ($10::bytea[]) AND m.purpose = $3::text')}
    UNION ALL ${waitFor(
      'session',
      'm.sender_user_hash = ANY ($10::bytea[]) AND m.sender_session_hash = ANY ($11::bytea[]) AND m.purpose = $3::text',
    )}
  ) AS wait`;

const FIND_WAIT = {
  name: 'find-message-wait',
  text: `SELECT ceil(seconds)::int AS wait FROM (${WAIT}) AS wait`,
};

/** $1 to $11 as in WAIT; $12 id, $13 channel, $14 payload, $15 status, $16 expires at, or null and $17 seconds. */
const INSERT_WITHIN_LIMITS = {
  name: 'insert-message',
  text: `
  WITH wait AS MATERIALIZED (${WAIT}), inserted AS (
    INSERT INTO messages (id, channel, template, purpose, recipient_hash, payload_encrypted, status, created_at,
                          expires_at, next_try_at, sender_tenant_hash, sender_user_hash, sender_session_hash)
    SELECT $12::uuid, $13::text, $2, $3, ($1::bytea[])[1], $14::bytea, $15::text, clock_timestamp(),
           COALESCE($16::timestamptz, clock_timestamp() + make_interval(secs => $17::float8)), clock_timestamp(), ($9::bytea[])[1], ($10::bytea[])[1], ($11::bytea[])[1]
    FROM wait WHERE wait.seconds IS NULL
    RETURNING id
  )
  SELECT ceil(wait.seconds)::int AS wait FROM wait LEFT JOIN inserted ON true`,
};
