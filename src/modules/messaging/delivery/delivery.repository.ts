import { Inject, Injectable } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';
import { CONFIG, type Config } from '../../../config/config.js';
import { Database } from '../../../database/database.js';
import type { Channel } from '../outgoing-message.js';

/** After this many tries whose outcome is unknown a message is given up: at most one duplicate can have arrived. */
export const MAX_UNANSWERED_TRIES = 2;

/** How long a message stays with a server that does not renew its lease. */
export const LEASE_SECONDS = 20;

/** So often a message is tried before it lets later ones to its recipient pass. */
const TRIES_IN_ORDER = 3;

/** A message that this server is about to try to deliver. */
export interface DueMessage {
  id: string;
  channel: Channel;
  /** The number of this try: with the id, it identifies the lease. */
  tries: number;
  /** Including this try. */
  unansweredTries: number;
  payloadEncrypted: Buffer;
  createdAt: Date;
  expiresAt: Date;
  /** Until it expires, by the database's clock. */
  remainingMs: number;
  /** By the clock `performance`: no later than the lease began. */
  leasedAt: number;
}

/** Of a message to one server, for one try. */
export type Lease = Pick<DueMessage, 'id' | 'tries'>;

/** What `take` found. */
export interface Taken {
  due: DueMessage[];
  /** Ids of messages that it has closed, because their last try was not answered. */
  givenUp: string[];
}

type TakenRow = Omit<DueMessage, 'leasedAt'> & { status: 'queued' | 'expired' | 'superseded' | 'failed' };

/**
 * The queue of messages: those with the status `queued`. Its statements use at most a quarter of the connections, so
 * that they do not delay requests.
 */
@Injectable()
export class DeliveryRepository {
  private readonly limit: LimitFunction;
  private readonly wipesContent: boolean;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
  ) {
    this.limit = pLimit(Math.max(1, Math.floor(config.DATABASE_POOL_SIZE / 4)));
    this.wipesContent = config.isProduction;
  }

  /**
   * Leases up to `count` due messages to this server and counts a try of each, in one statement: no other server gets
   * them before their leases end. Messages to one recipient come one at a time and in their order, but one that has
   * failed several times lets the later ones pass. Closes expired messages, and codes that a newer one replaces.
   */
  async take(channel: Channel, count: number): Promise<Taken> {
    const bounds = [MAX_UNANSWERED_TRIES, LEASE_SECONDS, TRIES_IN_ORDER];
    const values = [channel, count, ...bounds, this.wipesContent];
    return this.limit(async () => {
      const leasedAt = performance.now();
      const rows = await this.database.autocommit.many<TakenRow>(TAKE, values);
      const due = rows.filter(({ status }) => status === 'queued').map((row) => ({ ...row, leasedAt }));
      const givenUp = rows.filter(({ status }) => status === 'failed').map(({ id }) => id);
      return { due, givenUp };
    });
  }

  /**
   * Prolongs the leases, and returns the ids of those that this server still has. A code that a newer one has replaced
   * since is not among them: its try is to end, and the next `take` closes it.
   */
  async renew(leases: Lease[]): Promise<string[]> {
    const ids = leases.map(({ id }) => id);
    const tries = leases.map((lease) => lease.tries);
    const rows = await this.limit(() =>
      this.database.autocommit.many<{ id: string }>(RENEW, [ids, tries, LEASE_SECONDS]),
    );
    return rows.map(({ id }) => id);
  }

  /** Ends the lease, and the message with it. Changes nothing if another server has the message. */
  async close({ id, tries }: Lease, status: 'sent' | 'failed'): Promise<void> {
    await this.limit(() => this.database.autocommit.execute(CLOSE, [id, tries, status, this.wipesContent]));
  }

  /**
   * Ends the lease; the message is due again 1–2 seconds after its first try, then 2–4, 4–8 … An answered try certainly
   * did not reach the recipient, and is not counted as unanswered. Changes nothing if another server has the message.
   */
  async retryLater({ id, tries }: Lease, { isAnswered }: { isAnswered: boolean }): Promise<void> {
    await this.limit(() => this.database.autocommit.execute(RETRY_LATER, [id, tries, isAnswered]));
  }
}

/** A newer code for the same recipient and purpose makes an older one invalid. */
const isSuperseded = (message: string) => `(${message}.template = 'otp' AND EXISTS (
  SELECT 1 FROM messages newer
  WHERE newer.recipient_hash = ${message}.recipient_hash AND newer.template = 'otp'
    AND newer.created_at > ${message}.created_at AND newer.status NOT IN ('suppressed', 'withheld')
    AND split_part(newer.purpose, ':', -1) = split_part(${message}.purpose, ':', -1)))`;

/** A subquery, so that PostgreSQL can use an index. */
const NOW = '(SELECT clock_timestamp())';

/**
 * $1 channel, $2 limit, $3 unanswered tries after which a message is given up, $4 seconds of the lease, $5 tries after
 * which later messages may pass, $6 whether to delete the content of closed messages.
 */
const TAKE = {
  name: 'take-due-messages',
  text: `
  WITH due AS (
    SELECT m.id, m.created_at, CASE
        WHEN m.expires_at <= clock_timestamp() THEN 'expired'
        WHEN ${isSuperseded('m')} THEN 'superseded'
        WHEN m.unanswered_tries >= $3 THEN 'failed'
        ELSE 'queued'
      END AS status
    FROM messages m
    WHERE m.channel = $1 AND m.status = 'queued' AND m.next_try_at <= ${NOW}
      AND (m.leased_until IS NULL OR m.leased_until <= ${NOW})
      AND NOT EXISTS (
        SELECT 1 FROM messages older
        WHERE older.recipient_hash = m.recipient_hash AND older.status = 'queued'
          AND (older.created_at, older.id) < (m.created_at, m.id)
          AND (older.leased_until > ${NOW}
            OR (older.tries <= $5 AND older.expires_at > ${NOW} AND NOT ${isSuperseded('older')})))
    ORDER BY m.next_try_at LIMIT $2
    FOR UPDATE OF m SKIP LOCKED
  )
  UPDATE messages m SET
    status = due.status,
    tries = m.tries + (due.status = 'queued')::int,
    unanswered_tries = m.unanswered_tries + (due.status = 'queued')::int,
    leased_until = CASE WHEN due.status = 'queued' THEN clock_timestamp() + make_interval(secs => $4) END,
    payload_encrypted = CASE WHEN due.status = 'queued' OR NOT $6::boolean THEN m.payload_encrypted END
  FROM due WHERE m.id = due.id AND m.created_at = due.created_at
  RETURNING m.id, m.channel, m.status, m.tries, m.unanswered_tries AS "unansweredTries",
    m.payload_encrypted AS "payloadEncrypted", m.created_at AS "createdAt", m.expires_at AS "expiresAt",
    (extract(epoch FROM m.expires_at - clock_timestamp()) * 1000)::float8 AS "remainingMs"`,
};

/** $1 ids, $2 tries, $3 seconds of the lease. */
const RENEW = {
  name: 'renew-message-leases',
  text: `
  UPDATE messages m SET leased_until = clock_timestamp() + make_interval(secs => $3)
  FROM unnest($1::uuid[], $2::int[]) AS lease (id, tries)
  WHERE m.id = lease.id AND m.tries = lease.tries AND m.status = 'queued' AND m.leased_until IS NOT NULL
    AND NOT ${isSuperseded('m')}
  RETURNING m.id`,
};

const LEASED = `id = $1 AND tries = $2 AND status = 'queued' AND leased_until IS NOT NULL`;

/** $1 id, $2 tries, $3 status, $4 whether to delete the content. */
const CLOSE = {
  name: 'close-message',
  text: `
  UPDATE messages SET
    status = $3,
    sent_at = CASE WHEN $3 = 'sent' THEN now() END,
    leased_until = NULL,
    payload_encrypted = CASE WHEN $4 THEN NULL ELSE payload_encrypted END
  WHERE ${LEASED}`,
};

/** $1 id, $2 tries, $3 whether the try was answered. */
const RETRY_LATER = {
  name: 'retry-message-later',
  text: `
  UPDATE messages SET
    leased_until = NULL,
    next_try_at = clock_timestamp() + make_interval(secs => power(2, tries - 1) * (1 + random())),
    unanswered_tries = unanswered_tries - $3::boolean::int
  WHERE ${LEASED}`,
};
