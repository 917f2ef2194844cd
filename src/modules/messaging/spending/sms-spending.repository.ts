import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Transaction } from '../../../database/transaction.js';
import { type SmsCounter, type SmsRule, valuesOfCounters } from './sms-charge.js';

/** The codes of the last hour to a recipient, and the counter of verified codes to their block of numbers. */
export interface VerifiedCodes {
  recipientHash: Buffer;
  verified: SmsCounter;
}

/** Recipient hash, and scopes, seconds of an interval and intervals kept of the counter. */
export function valuesOfVerifiedCodes(codes: VerifiedCodes | null): unknown[] {
  if (!codes) return [null, [], [], []];
  const counters = valuesOfCounters([{ counter: codes.verified, max: null }]);
  return [codes.recipientHash, ...counters.slice(0, 3)];
}

/** Counts of SMS, a row each, and the alerts about them. */
@Injectable()
export class SmsSpendingRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts a message for budgets that everybody shares, in one statement that commits by itself, so that no transaction
   * holds their locks. If one is used up, counts it for none: `broken` is its place, from 1. Locks in the given order.
   */
  async reserve(budgets: SmsRule[]): Promise<{ broken: number | null; totals: number[] }> {
    const queries = this.database.autocommitAcrossTenants;
    const row = await queries.one<{ broken: number | null; totals: number[] }>(RESERVE, [
      ...valuesOfCounters(budgets),
    ]);
    return row ?? { broken: null, totals: [] };
  }

  /** Gives back what `reserve` has taken. */
  async release(scopes: string[]): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(RELEASE, [scopes]);
  }

  /** Takes back what was counted with the message in this transaction, and withholds it. */
  async withhold(tx: Transaction, messageId: string, scopes: string[]): Promise<void> {
    await tx.execute(WITHHOLD, [messageId, scopes]);
  }

  /** Counts the codes of the last hour to this recipient as verified, each once. */
  async recordVerified(tx: Transaction, codes: VerifiedCodes): Promise<void> {
    await tx.execute(RECORD_VERIFIED, valuesOfVerifiedCodes(codes));
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

/** $1 to $4 as `valuesOfCounters`. */
const RESERVE = {
  name: 'reserve-sms',
  text: 'SELECT broken, totals FROM count_sms($1::text[], $2::int[], $3::int[], $4::bigint[], 1)',
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

/**
 * Parts of a statement, the last of which must be read: `counted_codes`. The parameters are `valuesOfVerifiedCodes`, of
 * which $`first` is the first.
 */
export function recordVerifiedCodes(first: number, condition = 'true'): string {
  const [recipient, scopes, seconds, kept] = [0, 1, 2, 3].map((place) => `$${first + place}`);
  return `
  verified_codes AS (
    UPDATE messages m SET verified_at = now()
    WHERE m.recipient_hash = ${recipient}::bytea AND m.channel = 'sms' AND m.template = 'otp'
      AND m.status <> 'withheld' AND m.verified_at IS NULL
      AND m.created_at > (SELECT clock_timestamp() - interval '1 hour') AND ${condition}
    RETURNING 1
  ), counted_codes AS MATERIALIZED (
    SELECT count_sms(${scopes}::text[], ${seconds}::int[], ${kept}::int[], ARRAY[NULL]::bigint[], codes)
    FROM (SELECT count(*)::int AS codes FROM verified_codes) AS verified WHERE codes > 0
  )`;
}

/** As `valuesOfVerifiedCodes`. */
const RECORD_VERIFIED = {
  name: 'record-verified-sms',
  text: `WITH ${recordVerifiedCodes(1)} SELECT FROM counted_codes`,
};

/** $1 scope, $2 seconds. */
const RAISE_ALERT = `
  INSERT INTO sms_alerts (scope, raised_at) VALUES ($1, clock_timestamp())
  ON CONFLICT (scope) DO UPDATE SET raised_at = clock_timestamp()
  WHERE sms_alerts.raised_at <= clock_timestamp() - make_interval(secs => $2)`;

const DELETE_OLD_COUNTERS = `DELETE FROM sms_spending WHERE latest < now() - interval '2 days'`;

const DELETE_OLD_ALERTS = `DELETE FROM sms_alerts WHERE raised_at < now() - interval '2 days'`;
