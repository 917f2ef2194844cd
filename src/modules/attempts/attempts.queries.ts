import type { Statement } from '../../database/database.js';

/** What is guessed at, where it may not be there or may have no try left: a code, a sign-in that waits for one. */
export interface Target {
  /** Finds and locks it, with a try left: one row, or none. Reads from `address`, so that the address comes first. */
  find: string;
  /** Takes one of its tries, and returns what the guess is compared with. Reads from `target` and `subject`. */
  take: string;
}

/**
 * $1 address key, $2 subject key, $3 failures per address, $4 its window in seconds, $5 failures before the
 * slow-down, $6 its window in seconds, $7 its first and its longest wait, in seconds. The address is locked first everywhere, so that
 * no two calls deadlock, and a limited address cannot spend a stranger's attempts.
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
            FROM attempts WHERE key IN ($1, $2)), 1) AS wait_seconds`;

const FIRST_WAIT = '($7::int[])[1]';
const LONGEST_WAIT = '($7::int[])[2]';

/** $8 the keys of further subjects of the guess, none of them $2, in the order in which they are locked. */
export const RESERVE_ATTEMPT: Statement = {
  name: 'reserve-attempt',
  text: `
    WITH ${COUNT_AT_ADDRESS}, subject AS (
      ${countAt('SELECT $2::bytea FROM address')}
      RETURNING failures
    ), further AS (
      ${countAt('SELECT unnest($8::bytea[]) FROM subject')}
      RETURNING 1
    )
    SELECT (SELECT failures FROM subject) AS failures, ${WAIT_SECONDS}`,
};

/**
 * As RESERVE_ATTEMPT, for guesses at a target: where it is not there, the address alone counts the guess, and where the
 * subject has to wait, no try is taken. What else `find` and `take` need begins at $8. Of any number of parallel guesses
 * no more are counted for the subject than there are tries.
 */
export function reserveAttemptAt(name: string, { find, take }: Target): Statement {
  return {
    name,
    text: `
      WITH ${COUNT_AT_ADDRESS}, target AS (${find}), subject AS (
        ${countAt('SELECT $2::bytea FROM target')}
        RETURNING failures
      ), taken AS (${take})
      SELECT EXISTS (SELECT 1 FROM address) AS is_counted, EXISTS (SELECT 1 FROM target) AS is_open,
        (SELECT failures FROM subject) AS failures, ${WAIT_SECONDS}, taken.*
      FROM (SELECT) AS always LEFT JOIN taken ON true`,
  };
}

/** The rows of these keys, locked in the order of the array. */
const lockEach = (keys: string, condition = 'true') => `
  SELECT a.key FROM unnest(${keys}::bytea[]) WITH ORDINALITY AS wanted (key, place) JOIN attempts a USING (key)
  WHERE ${condition} ORDER BY wanted.place FOR UPDATE OF a`;

/** $1 address key, $2 subject keys in the order in which everybody locks them. */
export const CLEAR_ATTEMPTS: Statement = {
  name: 'clear-attempts',
  text: `
    WITH address AS (
      UPDATE attempts SET failures = GREATEST(failures - 1, 0), blocked_until = NULL WHERE key = $1 RETURNING 1
    ), cleared AS (${lockEach('$2', '(SELECT count(*) FROM address) >= 0')})
    DELETE FROM attempts WHERE key IN (SELECT key FROM cleared)`,
};

/** $1 subject keys, ordered alike. */
export const FORGET_ATTEMPTS: Statement = {
  name: 'forget-attempts',
  text: `DELETE FROM attempts WHERE key IN (${lockEach('$1')})`,
};

/** Counts a failure at each of the keys that has not to wait. */
function countAt(keys: string): string {
  return `
    INSERT INTO attempts AS s (key, failures, window_started_at, blocked_until, updated_at)
    SELECT subjects.key, 1, now(), CASE WHEN $5::int <= 1 THEN now() + make_interval(secs => ${FIRST_WAIT}) END, now()
    FROM (${keys}) AS subjects (key)
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN ${quiet('s')} THEN 1 ELSE s.failures + 1 END,
      window_started_at = CASE WHEN ${quiet('s')} THEN now() ELSE s.window_started_at END,
      blocked_until = CASE
        WHEN NOT ${quiet('s')} AND s.failures + 1 >= $5::int
        THEN now() + make_interval(secs => LEAST(
          ${LONGEST_WAIT}, ${FIRST_WAIT} * power(2, LEAST(s.failures + 1 - $5::int, 6)))) END,
      updated_at = now()
    WHERE s.blocked_until IS NULL OR s.blocked_until <= now()`;
}

/** No failure within the window, counted from the end of the last wait: the slow-down starts anew. */
function quiet(row: string): string {
  return `(GREATEST(${row}.updated_at, ${row}.blocked_until) + make_interval(secs => $6) <= now())`;
}
