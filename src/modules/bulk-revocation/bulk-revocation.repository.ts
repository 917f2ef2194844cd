import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Every table that holds something that a person or a program signs in with, or continues by. */
export const CREDENTIALS = [
  'sessions',
  'pending_sign_ins',
  'one_time_secrets',
  'otp_challenges',
  'invitations',
  'api_keys',
  'service_accounts',
  'trusted_devices',
  'recovery_codes',
  'totp_factors',
  'messages',
  'operator_sessions',
  'operators',
] as const;

/** What ends only where that is asked for: people get new ones by a link to their address. */
type Recoverable = 'password_credentials' | 'second_factors';

export type Revocable = (typeof CREDENTIALS)[number] | Recoverable;

interface Kind {
  table: string;
  /** The primary key, a uuid. */
  key: string;
  /** Ends the rows that were issued before $1; `batchOf` adds a condition on the key. */
  end: string;
  /** A further part of the statement, which reads `ended`. */
  also?: string;
}

const FIRST_KEY = '00000000-0000-0000-0000-000000000000';
const BATCH_SIZE = 2_000;

/**
 * Ends whatever was issued before a time, of everybody. An exception to the rule that a table is written by its owner's
 * repository: in one list, no kind of credential can be missing (test/structure/bulk-revocation.spec.ts).
 */
@Injectable()
export class BulkRevocationRepository {
  constructor(private readonly database: Database) {}

  /** By the clock of the database. */
  async now(): Promise<Date> {
    const row = await this.database.autocommit.one<{ now: Date }>('SELECT now() AS now');
    if (!row) throw new Error('The database has no time');
    return row.now;
  }

  /** Whether a finished revocation has ended everything issued before this time. */
  async isDone(before: Date): Promise<boolean> {
    return (await this.database.autocommit.one(FIND_DONE, [before])) !== null;
  }

  async recordDone(before: Date): Promise<void> {
    await this.database.autocommit.execute(RECORD_DONE, [before]);
  }

  /**
   * Ends what was issued before this time, in the order of the keys, in statements that each commit by themselves. Yields
   * after each the number of rows it ended. Safe in parallel, and after a part was done.
   */
  async *revoke(kind: Revocable, before: Date): AsyncGenerator<number> {
    let after: string | null = FIRST_KEY;
    while (after !== null) {
      const values: unknown[] = [before, after, BATCH_SIZE];
      const batch: Batch | null = await this.database.autocommitAcrossTenants.one<Batch>(
        batchOf(KINDS[kind]),
        values,
      );
      yield batch?.ended ?? 0;
      after = batch?.last ?? null;
    }
  }
}

interface Batch {
  /** Null if there are no further rows. */
  last: string | null;
  ended: number;
}

const KINDS: Record<Revocable, Kind> = {
  sessions: {
    table: 'sessions',
    key: 'id',
    end: `UPDATE sessions SET revoked_at = now(), revoked_reason = 'ended_by_operator'
      WHERE created_at < $1 AND revoked_at IS NULL`,
  },
  pending_sign_ins: {
    table: 'pending_sign_ins',
    key: 'id',
    end: 'DELETE FROM pending_sign_ins WHERE created_at < $1',
  },
  one_time_secrets: {
    table: 'one_time_secrets',
    key: 'id',
    end: 'UPDATE one_time_secrets SET used_at = now() WHERE created_at < $1 AND used_at IS NULL',
  },
  otp_challenges: {
    table: 'otp_challenges',
    key: 'id',
    end: 'UPDATE otp_challenges SET consumed_at = now() WHERE created_at < $1 AND consumed_at IS NULL',
  },
  invitations: {
    table: 'invitations',
    key: 'id',
    end: `UPDATE invitations SET revoked_at = now()
      WHERE created_at < $1 AND accepted_at IS NULL AND revoked_at IS NULL`,
  },
  api_keys: {
    table: 'api_keys',
    key: 'id',
    end: 'UPDATE api_keys SET revoked_at = now() WHERE created_at < $1 AND revoked_at IS NULL',
  },
  service_accounts: {
    table: 'service_accounts',
    key: 'id',
    end: 'UPDATE service_accounts SET revoked_at = now() WHERE created_at < $1 AND revoked_at IS NULL',
  },
  trusted_devices: {
    table: 'trusted_devices',
    key: 'id',
    end: 'DELETE FROM trusted_devices WHERE created_at < $1',
  },
  // After a restore, a code that was used after the backup would be valid again
  recovery_codes: {
    table: 'recovery_codes',
    key: 'id',
    end: 'DELETE FROM recovery_codes WHERE created_at < $1',
  },
  // Only enrolments that nobody has confirmed
  totp_factors: {
    table: 'totp_factors',
    key: 'user_id',
    end: 'DELETE FROM totp_factors WHERE created_at < $1 AND confirmed_at IS NULL',
  },
  operator_sessions: {
    table: 'operator_sessions',
    key: 'id',
    end: 'UPDATE operator_sessions SET ended_at = now() WHERE created_at < $1 AND ended_at IS NULL',
  },
  // Only their enrolments, which last for a day
  operators: {
    table: 'operators',
    key: 'id',
    end: `UPDATE operators SET enrolment_expires_at = now()
      WHERE enrolment_expires_at < $1::timestamptz + interval '1 day' AND enrolment_expires_at > now()`,
  },
  // After a restore they were delivered before; the codes and links in them have ended
  messages: {
    table: 'messages',
    key: 'id',
    end: `UPDATE messages SET status = 'expired', payload_encrypted = NULL, leased_until = NULL
      WHERE created_at < $1 AND status = 'queued'`,
  },
  password_credentials: {
    table: 'password_credentials',
    key: 'user_id',
    end: 'DELETE FROM password_credentials WHERE changed_at < $1',
  },
  // With the password, which alone would sign in from then on
  second_factors: {
    table: 'totp_factors',
    key: 'user_id',
    end: 'DELETE FROM totp_factors WHERE created_at < $1',
    also: `, passwords AS (
      DELETE FROM password_credentials WHERE user_id = ANY (ARRAY(SELECT user_id FROM ended)))`,
  },
};

/** $1 time, $2 the key after which the batch begins, $3 its size. */
const batchOf = ({ table, key, end, also = '' }: Kind): string => `
  WITH batch AS (
    SELECT ${key} AS key FROM ${table} WHERE ${key} > $2 ORDER BY ${key} LIMIT $3
  ), ended AS (
    ${end} AND ${key} = ANY (ARRAY(SELECT key FROM batch)) RETURNING ${key}
  )${also}
  SELECT (SELECT key FROM batch ORDER BY key DESC LIMIT 1) AS last, (SELECT count(*)::int FROM ended) AS ended`;

/** $1 time. */
const FIND_DONE = 'SELECT 1 FROM bulk_revocations WHERE before >= $1 LIMIT 1';

/** $1 time. */
const RECORD_DONE = 'INSERT INTO bulk_revocations (before) VALUES ($1) ON CONFLICT (before) DO NOTHING';
