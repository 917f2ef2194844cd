import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

/**
 * In this database only: the backends that the test's own transaction blocks, and those that wait behind them. Not the
 * sweep that removes what is old: it begins at any moment.
 */
const WAITING = `
  WITH RECURSIVE blocked AS (
    SELECT pid, pg_blocking_pids(pid) AS by FROM pg_locks WHERE NOT granted
  ), waiting AS (
    SELECT pid FROM blocked WHERE pg_backend_pid() = ANY (by)
    UNION
    SELECT b.pid FROM blocked b JOIN waiting w ON w.pid = ANY (b.by)
  )
  SELECT count(*)::int AS count FROM waiting JOIN pg_stat_activity a USING (pid)
  WHERE a.query !~ '^\\s*DELETE FROM .* SKIP LOCKED'`;

/** Waits until so many others wait for a lock of the test's own transaction. */
export async function untilWaitedFor(database: TestDatabase, by = 1): Promise<void> {
  await until(async () => {
    // A transaction sees the statements of others as they were when it first looked
    await database.query('SELECT pg_stat_clear_snapshot()');
    const [row] = await database.query<{ count: number }>(WAITING);
    return (row?.count ?? 0) >= by;
  });
}

/**
 * Lets each insert into the table of a row that meets the condition wait, until the returned function is called. One at
 * a time.
 */
export async function holdInserts(
  database: TestDatabase,
  table: string,
  condition = 'true',
): Promise<() => Promise<void>> {
  await database.query(`
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
    CREATE TRIGGER holds BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION hold();
    SELECT pg_advisory_lock(1)`);
  return async () => {
    await database.query('SELECT pg_advisory_unlock(1)');
    await database.query('DROP FUNCTION hold CASCADE');
  };
}
