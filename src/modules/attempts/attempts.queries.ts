import type { Statement } from '../../database/database.js';

/**
 * $1 address key, $2 subject key, $3 failures per address, $4 its window in seconds, $5 failures before the
 * slow-down, $6 its window in seconds. The address is locked first everywhere, so that no two calls deadlock, and a
 * limited address cannot spend a stranger's attempts.
 */
export const RESERVE_ATTEMPT: Statement = {
  name: 'reserve-attempt',
  text: `
    WITH address AS (
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
    ), subject AS (
      INSERT INTO attempts AS s (key, failures, window_started_at, blocked_until, updated_at)
      SELECT $2, 1, now(), CASE WHEN $5::int <= 1 THEN now() + interval '1 minute' END, now() FROM address
      ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN ${quiet('s')} THEN 1 ELSE s.failures + 1 END,
        window_started_at = CASE WHEN ${quiet('s')} THEN now() ELSE s.window_started_at END,
        blocked_until = CASE
          WHEN NOT ${quiet('s')} AND s.failures + 1 >= $5::int
          THEN now() + LEAST(60, power(2, LEAST(s.failures + 1 - $5::int, 6))) * interval '1 minute' END,
        updated_at = now()
      WHERE s.blocked_until IS NULL OR s.blocked_until <= now()
      RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM subject) AS subject_reserved,
      COALESCE((SELECT ceil(extract(epoch FROM max(blocked_until) - now()))::int
                FROM attempts WHERE key IN ($1, $2)), 1) AS wait_seconds`,
};

/** $1 address key, $2 subject key. */
export const CLEAR_ATTEMPTS: Statement = {
  name: 'clear-attempts',
  text: `
    WITH address AS (
      UPDATE attempts SET failures = GREATEST(failures - 1, 0), blocked_until = NULL WHERE key = $1 RETURNING 1
    )
    DELETE FROM attempts WHERE key = $2 AND (SELECT count(*) FROM address) >= 0`,
};

/** No failure within the window, counted from the end of the last wait: the slow-down starts anew. */
function quiet(row: string): string {
  return `(GREATEST(${row}.updated_at, ${row}.blocked_until) + make_interval(secs => $6) <= now())`;
}
