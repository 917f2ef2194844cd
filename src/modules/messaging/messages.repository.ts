import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import type { Channel } from './outgoing-message.js';
import type { Purpose, SendLimit } from './send-limits.js';
import { type SmsCharge, valuesOfCharge } from './spending/sms-charge.js';

/** The limits of a message, and the keyed hashes of those whose messages they count. */
export interface LimitedMessage {
  /** Messages that lock the same key are recorded one after the other. In lock order. */
  lockKeys: bigint[];
  recipientHash: Buffer;
  template: string;
  /** It is recorded under the first one whose limits allow it. */
  purposes: readonly Purpose[];
  /** The purposes that share a limit at the recipient. */
  sharingLimit: readonly Purpose[];
  limits: SendLimit[];
  senderTenantHash: Buffer | null;
  senderUserHash: Buffer | null;
  senderSessionHash: Buffer | null;
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

/** What the database says of a message and its counters. */
export interface RecordedMessage {
  /** Seconds until the limits allow the message; then nothing was recorded or counted. */
  wait: number | null;
  /** The place, from 1, of a counter that is used up, or 0 for the hold; then the message is withheld. */
  broken: number | null;
  /** By counter, with this message. */
  totals: number[] | null;
  /** The budget that the tenant has set for itself. */
  tenantMax: number | null;
}

/** Records messages within the limits of their recipients and senders. */
@Injectable()
export class MessagesRepository {
  /** Transactions that lock the same key run one after the other from here to their ends. Locks in the given order. */
  async lock(tx: Transaction, keys: bigint[]): Promise<void> {
    await tx.execute(LOCK, [keys.map(String)]);
  }

  /** Seconds until the limits allow the message under one of its purposes, or null if they do now. */
  async findWait(tx: Transaction, message: LimitedMessage): Promise<number | null> {
    const [, ...values] = valuesOfLimits(message);
    const row = await tx.one<{ wait: number | null }>(FIND_WAIT, values);
    return row?.wait ?? null;
  }

  /** Records and counts the message within its limits, and locks what is counted until the transaction ends. */
  async record(tx: Queries, values: unknown[]): Promise<RecordedMessage> {
    const row = await tx.one<RecordedMessage>(RECORD, values);
    if (!row) throw new Error('The recording of a message has no result');
    return row;
  }
}

/** The parameters of `RECORD_MESSAGE`. */
export function recordValues(
  limited: LimitedMessage,
  { id, channel, payloadEncrypted, status, expires }: NewMessage,
  charge: SmsCharge | null,
): unknown[] {
  const [expiresAt, seconds] = typeof expires === 'number' ? [null, expires] : [expires, null];
  const message = [id, channel, payloadEncrypted, status, expiresAt, seconds];
  return [...valuesOfLimits(limited), ...message, ...valuesOfCharge(charge)];
}

/** $1 to $12. */
function valuesOfLimits({ lockKeys, limits, ...message }: LimitedMessage): unknown[] {
  return [
    lockKeys.map(String),
    message.recipientHash,
    message.template,
    message.purposes,
    message.sharingLimit,
    ...columnsOf(limits),
    message.senderTenantHash,
    message.senderUserHash,
    message.senderSessionHash,
  ];
}

/** Their seconds, maxima, reserves, and what they count. */
export function columnsOf(limits: SendLimit[]): unknown[] {
  return [
    limits.map(({ seconds }) => seconds),
    limits.map(({ max }) => max),
    limits.map(({ max, reserve = max }) => Math.min(max, reserve)),
    limits.map(({ counted }) => counted),
  ];
}

/** $1 keys. */
const LOCK = {
  name: 'lock-send-limits',
  text: 'SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key',
};

/** $1 recipient, $2 template, $3 purposes, and the others as in `RECORD_MESSAGE` without its first. */
const FIND_WAIT: Statement = {
  name: 'find-message-wait',
  text: `
    SELECT CASE WHEN count(*) = count(seconds) THEN ceil(min(seconds))::int END AS wait
    FROM unnest($3::text[]) AS purpose
    CROSS JOIN LATERAL message_wait($1::bytea, $2::text, purpose,
      CASE WHEN purpose = ANY ($4::text[]) THEN $4::text[] ELSE ARRAY[purpose] END, $5::int[], $6::int[], $7::int[],
      $8::text[], $9::bytea, $10::bytea, $11::bytea) AS seconds`,
};

/** Records a message, from the parameters of `recordValues`. The keys are locked before anything else. */
const RECORD_MESSAGE = `
  record_message($1::bigint[], $13::uuid, $14::text, $3::text, $15::bytea, $16::text, $17::timestamptz, $18::float8,
    $2::bytea, $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::text[], $10::bytea, $11::bytea, $12::bytea,
    $19::text[], $20::int[], $21::int[], $22::bigint[], $23::int, $24::uuid, $25::int, $26::int, $27::int, $28::text)`;

/** What is read of a recorded message. */
const RECORDED = 'wait, broken, totals, tenant_max AS "tenantMax"';

const RECORD: Statement = {
  name: 'record-message',
  text: `SELECT ${RECORDED} FROM ${RECORD_MESSAGE}`,
};
