import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Transaction } from '../../../database/transaction.js';

const MINUTE = 60;
const HOUR = 3_600;

/** For how long SMS are counted: in intervals of a minute or an hour, and at most one interval longer. */
export type Window = 'hour' | 'day';

const INTERVALS: Record<Window, { seconds: number; count: number }> = {
  hour: { seconds: MINUTE, count: HOUR / MINUTE + 1 },
  day: { seconds: HOUR, count: 25 },
};

/** What is counted together: a budget, a client address or a block of numbers. */
export interface SmsCounter {
  scope: string;
  /** Its scope under the previous key, during a rotation. */
  previousScope: string | null;
  window: Window;
}

/** The counts of one message, after it was counted itself. */
export interface SmsCounts {
  totals: Map<string, number>;
  /** The budget that the tenant has set for itself. */
  tenantMax: number | null;
  /** Codes to the block that were verified. */
  verified: number;
}

/** At most `max` messages in the window of the counter. */
export interface SmsBudget {
  counter: SmsCounter;
  max: number;
}

interface CountRow {
  scope: string;
  total: number;
  tenantMax: number | null;
  verified: number;
}

/** Counts of SMS, a row each, and the alerts about them. */
@Injectable()
export class SmsSpendingRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts a message in one statement. Locks the counters in the given order until the transaction ends: put first
   * what few messages share, and always in the same order, so that two transactions never wait for each other.
   */
  async charge(
    tx: Transaction,
    counters: SmsCounter[],
    { tenantId, verified }: { tenantId: string | null; verified: SmsCounter },
  ): Promise<SmsCounts> {
    if (counters.length === 0) return { totals: new Map(), tenantMax: null, verified: 0 };
    const rows = await tx.many<CountRow>(CHARGE, [
      counters.map(({ scope }) => scope),
      counters.map(({ previousScope }) => previousScope),
      counters.map(({ window }) => INTERVALS[window].seconds),
      counters.map(({ window }) => INTERVALS[window].count),
      tenantId,
      [verified.scope, verified.previousScope],
    ]);
    return {
      totals: new Map(rows.map(({ scope, total }) => [scope, total])),
      tenantMax: rows[0]?.tenantMax ?? null,
      verified: rows[0]?.verified ?? 0,
    };
  }

  /**
   * Takes one SMS from two budgets that everybody shares, of the same window, by a statement of its own
   * that commits at once: nobody waits for the end of another transaction. Returns the new totals by scope; a budget
   * that is used up is absent, and then nothing is taken. Uses the connections that no transaction holds. A server that
   * is killed before the end of its transaction leaves the SMS counted.
   */
  async reserve([narrow, wide]: [SmsBudget, SmsBudget]): Promise<Map<string, number>> {
    const { seconds, count } = INTERVALS[wide.counter.window];
    const budgets = [narrow, wide].flatMap(({ counter, max }) => [counter.scope, max]);
    const rows = await this.database.autocommitAcrossTenants.many<CountRow>(RESERVE, [
      ...budgets,
      seconds,
      count,
    ]);
    if (rows.length === 1) await this.release([narrow.counter.scope]);
    return new Map(rows.map(({ scope, total }) => [scope, total]));
  }

  /** Gives back what `reserve` has taken. */
  async release(scopes: string[]): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(RELEASE, [scopes]);
  }

  /** Takes back what `charge` has counted in this transaction, and withholds the message. */
  async withhold(tx: Transaction, messageId: string, counters: SmsCounter[]): Promise<void> {
    await tx.execute(WITHHOLD, [messageId, counters.map(({ scope }) => scope)]);
  }

  /** Counts the codes of the last hour to this recipient as verified, each once. */
  async recordVerified(
    tx: Transaction,
    recipientHashes: Buffer[],
    { scope, window }: SmsCounter,
  ): Promise<void> {
    const { seconds, count } = INTERVALS[window];
    await tx.execute(RECORD_VERIFIED, [recipientHashes, scope, seconds, count]);
  }

  /** Returns false if an alert of this scope was raised within these seconds. Of parallel calls, one returns true. */
  async raiseAlert({ scope, quietSeconds }: { scope: string; quietSeconds: number }): Promise<boolean> {
    return (await this.database.autocommit.execute(RAISE_ALERT, [scope, quietSeconds])) === 1;
  }

  /** Deletes counters and alerts that have no effect any more. */
  async deleteOld(): Promise<void> {
    await this.database.autocommit.execute(DELETE_OLD_COUNTERS);
    await this.database.autocommit.execute(DELETE_OLD_ALERTS);
  }
}

/** How many intervals have begun since the latest one of this counter. */
const ageOf = (counter: string) => `GREATEST(0, floor(
  extract(epoch FROM clock_timestamp() - ${counter}.latest) / ${counter}.seconds))::int`;

/** The sum of the counters with these scopes, without locking them. */
const sumOf = (scopes: string) => `COALESCE((
  SELECT sum(one)::int FROM sms_spending old
  CROSS JOIN unnest(old.sent[:cardinality(old.sent) - ${ageOf('old')}]) AS one WHERE old.scope = ${scopes}), 0)`;

/** Reads the counter after it has waited for the row, so that parallel charges are all counted. */
const charge = (source: string) => `
  INSERT INTO sms_spending AS own (scope, seconds, latest, sent)
  ${source}
  ON CONFLICT (scope) DO UPDATE SET (latest, sent) = (
    SELECT own.latest + make_interval(secs => age * own.seconds),
      ARRAY[moved[1] + EXCLUDED.sent[1]] || moved[2:]
    FROM (SELECT ${ageOf('own')} AS age) AS aged
    CROSS JOIN LATERAL (SELECT cardinality(EXCLUDED.sent) AS kept) AS size
    CROSS JOIN LATERAL (
      SELECT (array_fill(0, ARRAY[LEAST(age, kept)]) || own.sent)[:kept] AS moved) AS intervals)`;

/** The start of the present interval. */
const PRESENT = `to_timestamp(floor(extract(epoch FROM clock_timestamp()) / seconds) * seconds)`;

/** `sent` of a counter that has only its present interval. */
const first = (amount: string) => `ARRAY[${amount}] || array_fill(0, ARRAY[kept - 1])`;

/**
 * $1 scopes in the order of their locks, $2 previous scopes or null, $3 seconds of an interval, $4 intervals kept, $5
 * tenant or null, $6 scopes of verified codes.
 */
const CHARGE = {
  name: 'charge-sms',
  text: `
  WITH counted AS (
    ${charge(`
    SELECT scope, seconds, ${PRESENT}, ${first('1')}
    FROM unnest($1::text[], $3::int[], $4::int[]) WITH ORDINALITY AS counter (scope, seconds, kept, place)
    ORDER BY place`)}
    RETURNING scope, (SELECT sum(one)::int FROM unnest(own.sent) AS one) AS total
  )
  SELECT scope, total + ${sumOf('previous')} AS total, ${sumOf('ANY ($6::text[])')} AS verified,
    (SELECT sms_daily_budget FROM tenants WHERE id = $5::uuid) AS "tenantMax"
  FROM counted JOIN unnest($1::text[], $2::text[]) AS counter (scope, previous) USING (scope)`,
};

const HAS_ROOM = (max: string) => `COALESCE((
  SELECT sum(one) FROM unnest(own.sent[:cardinality(own.sent) - ${ageOf('own')}]) AS one), 0) < ${max}`;

const take = (scope: string, max: string, condition: string) => `
  ${charge(`
  SELECT scope, seconds, ${PRESENT}, ${first('1')}
  FROM (SELECT ${scope}::text AS scope, $5::int AS seconds, $6::int AS kept) AS counter
  WHERE ${max}::bigint > 0 AND ${condition}`)}
  WHERE ${HAS_ROOM(`${max}::bigint`)}
  RETURNING scope, (SELECT sum(one)::int FROM unnest(own.sent) AS one) AS total`;

/** $1 scope and $2 maximum of the narrower budget, $3 and $4 of the wider one, $5 seconds of an interval, $6 intervals kept. */
const RESERVE = {
  name: 'reserve-sms',
  text: `
  WITH narrow AS (${take('$1', '$2', 'true')}
  ), wide AS (${take('$3', '$4', 'EXISTS (SELECT FROM narrow)')}
  )
  SELECT scope, total FROM narrow UNION ALL SELECT scope, total FROM wide`,
};

/** $1 scopes. */
const RELEASE = `UPDATE sms_spending SET sent[1] = sent[1] - 1 WHERE scope = ANY ($1::text[])`;

/** $1 message, $2 scopes. Their rows are locked, and the latest interval is the one that was charged. */
const WITHHOLD = {
  name: 'withhold-sms',
  text: `
  WITH message AS (
    UPDATE messages SET payload_encrypted = NULL,
      status = CASE WHEN status = 'suppressed' THEN status ELSE 'withheld' END
    WHERE id = $1
  )
  UPDATE sms_spending SET sent[1] = sent[1] - 1 WHERE scope = ANY ($2::text[])`,
};

/** $1 recipient hashes, $2 scope, $3 seconds of an interval, $4 intervals kept. */
const RECORD_VERIFIED = {
  name: 'record-verified-sms',
  text: `
  WITH verified AS (
    UPDATE messages m SET verified_at = now()
    WHERE m.recipient_hash = ANY ($1::bytea[]) AND m.channel = 'sms' AND m.template = 'otp'
      AND m.status <> 'withheld' AND m.verified_at IS NULL
      AND m.created_at > (SELECT clock_timestamp() - interval '1 hour')
    RETURNING 1
  )
  ${charge(`
  SELECT scope, seconds, ${PRESENT}, ${first('codes')}
  FROM (SELECT $2::text AS scope, $3::int AS seconds, $4::int AS kept) AS counter
  CROSS JOIN (SELECT count(*)::int AS codes FROM verified) AS counted WHERE codes > 0`)}`,
};

/** $1 scope, $2 seconds. */
const RAISE_ALERT = `
  INSERT INTO sms_alerts (scope, raised_at) VALUES ($1, clock_timestamp())
  ON CONFLICT (scope) DO UPDATE SET raised_at = clock_timestamp()
  WHERE sms_alerts.raised_at <= clock_timestamp() - make_interval(secs => $2)`;

const DELETE_OLD_COUNTERS = `DELETE FROM sms_spending WHERE latest < now() - interval '2 days'`;

const DELETE_OLD_ALERTS = `DELETE FROM sms_alerts WHERE raised_at < now() - interval '2 days'`;
