import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries, Statement } from '../../database/queries.js';
import type { SlowDown } from './slow-down.js';

/** A challenge that limits its own attempts and may not exist: a one-time code or a pending sign-in. */
export interface Target {
  /**
   * Finds and locks a challenge with an attempt left: one row, or none. Reads from `address`, so that the address is
   * locked first.
   */
  find: string;
  /** Takes one attempt and returns what to compare the guess with. Reads from `target` and `subject`. */
  take: string;
}

/** What an attempt is charged to, and the limits of both. */
export interface Charge {
  addressKey: Buffer;
  /** Failures per address within a window. */
  addressLimit: { failures: number; windowSeconds: number };
  subjectKey: Buffer;
  slowDown: SlowDown;
}

/** `failures` counts this attempt, too; it is null if the subject or the address is blocked. */
export interface Reserved {
  failures: number | null;
  waitSeconds: number;
}

/** `isCounted`: the address is not blocked. `isOpen`: there is a challenge with an attempt left. */
export interface ReservedAt extends Reserved {
  isCounted: boolean;
  isOpen: boolean;
}

export interface StoredCount {
  key: Buffer;
  failures: number;
  /** Null if the next attempt is not delayed. */
  blockedUntil: Date | null;
}

/** Counts of failed attempts by key, in statements that each commit by themselves: a rollback would refund a guess. */
@Injectable()
export class AttemptsRepository {
  constructor(private readonly database: Database) {}

  /** Counts a failure for the address, the subject, and the further subjects, whose keys are in lock order. */
  reserve(charge: Charge, furtherKeys: Buffer[]): Promise<Reserved | null> {
    return this.database.autocommit.one<Reserved>(RESERVE_ATTEMPT, [...valuesOf(charge), furtherKeys]);
  }

  /** As `reserve`, at a challenge: `statement` is made by `reserveAttemptAt`, and `values` begin at $8. */
  reserveAt<Row extends object>(
    statement: Statement,
    charge: Charge,
    values: unknown[],
  ): Promise<(Row & ReservedAt) | null> {
    const all = [...valuesOf(charge), ...values];
    return this.database.autocommitAcrossTenants.one<Row & ReservedAt>(statement, all);
  }

  /** As `reserve`: `statement` is made by `reserveAttemptWith`, and `values` begin at $9. */
  reserveWith<Row extends object>(
    statement: Statement,
    charge: Charge,
    values: unknown[],
  ): Promise<(Partial<Row> & Reserved) | null> {
    const all = [...valuesOf(charge), [], ...values];
    return this.database.autocommitAcrossTenants.one<Partial<Row> & Reserved>(statement, all);
  }

  /** Deletes the counts of the subjects, whose keys are in lock order, and takes one failure from the address. */
  async clear(addressKey: Buffer, subjectKeys: Buffer[]): Promise<void> {
    // On the connections that count attempts: behind transactions, right attempts would add up to a delay
    await this.database.autocommitAcrossTenants.execute(CLEAR_ATTEMPTS, [addressKey, subjectKeys]);
  }

  /** Takes one failure from both. The attempt was counted, so neither was blocked before it. */
  async refund(addressKey: Buffer, subjectKey: Buffer): Promise<void> {
    await this.database.autocommit.execute(REFUND_ATTEMPT, [addressKey, subjectKey]);
  }

  /** The counts of these subjects that exist. */
  read(subjectKeys: Buffer[]): Promise<StoredCount[]> {
    return this.database.autocommit.many<StoredCount>(READ_ATTEMPTS, [subjectKeys]);
  }

  /** Deletes the counts of the subjects, whose keys are in lock order. */
  async forget(subjectKeys: Buffer[], queries: Queries = this.database.autocommit): Promise<void> {
    await queries.execute(FORGET_ATTEMPTS, [subjectKeys]);
  }
}

function valuesOf({ addressKey, addressLimit, subjectKey, slowDown }: Charge): unknown[] {
  return [
    addressKey,
    subjectKey,
    addressLimit.failures,
    addressLimit.windowSeconds,
    slowDown.failures,
    slowDown.windowSeconds,
    [slowDown.firstWaitSeconds, slowDown.longestWaitSeconds],
  ];
}

/**
 * $1 address key, $2 subject key, $3 failures per address, $4 its window in seconds, $5 failures before the slow-down,
 * $6 its window in seconds, $7 its first and its longest delay, in seconds. The address is always locked first, so that
 * calls do not deadlock and a blocked address cannot use up another subject's attempts.
 */
const COUNT_AT_ADDRESS = `
  address AS (
    INSERT INTO attempts AS a (key, failures, window_started_at, blocked_until, updated_at)
    VALUES ($1, 1, now(), CASE WHEN $3::int <= 1 THEN now() + make_interval(secs => $4) END, now())
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN a.window_started_at + make_interval(secs => $4) <= now() THEN 1 ELSE a.failures + 1 END,
      window_started_at =
        CASE WHEN a.window_started_at + make_interval(secs => $4) <= now() THEN now() ELSE a.window_started_at END,
      blocked_until = CASE
        WHEN a.window_started_at + make_interval(secs => $4) > now() AND a.failures + 1 >= $3::int
        THEN a.window_started_at + make_interval(secs => $4) END,
      updated_at = now()
    WHERE a.blocked_until IS NULL OR a.blocked_until <= now()
    RETURNING 1
  )`;

const WAIT_SECONDS = `
  COALESCE((SELECT ceil(extract(epoch FROM max(blocked_until) - now()))::int
            FROM attempts WHERE key IN ($1, $2)), 1) AS "waitSeconds"`;

const FIRST_WAIT = '($7::int[])[1]';
const LONGEST_WAIT = '($7::int[])[2]';

/** $8 keys of further subjects of the attempt, without $2, in lock order. */
const COUNT_SUBJECTS = `
  ${COUNT_AT_ADDRESS}, subject AS (
    ${countAt('SELECT $2::bytea FROM address')}
    RETURNING failures
  ), further AS (
    ${countAt('SELECT unnest($8::bytea[]) FROM subject')}
    RETURNING 1
  )`;

/** Parameters as in COUNT_SUBJECTS. */
const RESERVE_ATTEMPT: Statement = {
  name: 'reserve-attempt',
  text: `WITH ${COUNT_SUBJECTS} SELECT (SELECT failures FROM subject) AS failures, ${WAIT_SECONDS}`,
};

/**
 * As RESERVE_ATTEMPT, for attempts at a challenge. If there is none, only the address is charged; if the subject is
 * blocked, no attempt is taken from the challenge. Parameters of `find` and `take` begin at $8. Of any number of
 * parallel attempts, no more are counted for the subject than the challenge has left.
 */
export function reserveAttemptAt(name: string, { find, take }: Target): Statement {
  return {
    name,
    text: `
      WITH ${COUNT_AT_ADDRESS}, target AS (${find}), subject AS (
        ${countAt('SELECT $2::bytea FROM target')}
        RETURNING failures
      ), taken AS (${take})
      SELECT EXISTS (SELECT 1 FROM address) AS "isCounted", EXISTS (SELECT 1 FROM target) AS "isOpen",
        (SELECT failures FROM subject) AS failures, ${WAIT_SECONDS}, taken.*
      FROM (SELECT) AS always LEFT JOIN taken ON true`,
  };
}

/**
 * As RESERVE_ATTEMPT, and reads what the attempt is compared with: `find` selects at most one row, and its parameters
 * begin at $9. The row is there whether or not the attempt was counted.
 */
export function reserveAttemptWith(name: string, find: string): Statement {
  return {
    name,
    text: `
      WITH ${COUNT_SUBJECTS}
      SELECT (SELECT failures FROM subject) AS failures, ${WAIT_SECONDS}, found.*
      FROM (SELECT) AS always LEFT JOIN (${find}) AS found ON true`,
  };
}

/** The rows of these keys, locked in the order of the array. */
const lockEach = (keys: string, condition = 'true') => `
  SELECT a.key FROM unnest(${keys}::bytea[]) WITH ORDINALITY AS wanted (key, place) JOIN attempts a USING (key)
  WHERE ${condition} ORDER BY wanted.place FOR UPDATE OF a`;

const UNCOUNT = 'UPDATE attempts SET failures = GREATEST(failures - 1, 0), blocked_until = NULL';

/** $1 address key, $2 subject key. */
const REFUND_ATTEMPT: Statement = {
  name: 'refund-attempt',
  text: `
    WITH address AS (${UNCOUNT} WHERE key = $1 RETURNING 1)
    ${UNCOUNT} WHERE key = $2 AND (SELECT count(*) FROM address) >= 0`,
};

/** $1 address key, $2 subject keys in lock order. */
const CLEAR_ATTEMPTS: Statement = {
  name: 'clear-attempts',
  text: `
    WITH address AS (
      ${UNCOUNT} WHERE key = $1 RETURNING 1
    ), cleared AS (${lockEach('$2', '(SELECT count(*) FROM address) >= 0')})
    DELETE FROM attempts WHERE key IN (SELECT key FROM cleared)`,
};

/** $1 subject keys in lock order. */
const FORGET_ATTEMPTS: Statement = {
  name: 'forget-attempts',
  text: `DELETE FROM attempts WHERE key IN (${lockEach('$1')})`,
};

/** $1 subject keys. */
const READ_ATTEMPTS = `
  SELECT key, failures, CASE WHEN blocked_until > now() THEN blocked_until END AS "blockedUntil"
  FROM attempts WHERE key = ANY ($1::bytea[])`;

/** Counts a failure for each key that is not blocked. */
function countAt(keys: string): string {
  return `
    INSERT INTO attempts AS s (key, failures, window_started_at, blocked_until, updated_at)
    SELECT subjects.key, 1, now(), CASE WHEN $5::int <= 1 THEN now() + make_interval(secs => ${FIRST_WAIT}) END, now()
    FROM (${keys}) AS subjects (key)
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN ${hasExpired('s')} THEN 1 ELSE s.failures + 1 END,
      window_started_at = CASE WHEN ${hasExpired('s')} THEN now() ELSE s.window_started_at END,
      blocked_until = CASE
        WHEN NOT ${hasExpired('s')} AND s.failures + 1 >= $5::int
        THEN now() + make_interval(secs => LEAST(
          ${LONGEST_WAIT}, ${FIRST_WAIT} * power(2, LEAST(s.failures + 1 - $5::int, 6)))) END,
      updated_at = now()
    WHERE s.blocked_until IS NULL OR s.blocked_until <= now()`;
}

/**
 * True if no failure occurred within the window, counted from the end of the last delay: then the slow-down starts
 * anew.
 */
function hasExpired(row: string): string {
  return `(GREATEST(${row}.updated_at, ${row}.blocked_until) + make_interval(secs => $6) <= now())`;
}
