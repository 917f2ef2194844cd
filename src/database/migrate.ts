import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseUnsuitable, isLockTimeout } from '../common/database-failures.js';
import type { Log } from '../common/log.js';
import { grantApplicationRole } from './application-role.js';

/** Identifies our advisory lock. The value is arbitrary, but must be the same in every version of Gatehouse. */
const MIGRATION_LOCK = 7_303_014_001;
const RETRY_MS = 500;
const POLL_MS = 500;

/** A migration whose name begins with this breaks the releases that do not know it. */
const CONTRACT = 'Contract';

/** A migration that failed, by name. Its transaction was rolled back; those before it are applied. */
export class MigrationFailed extends Error {
  constructor(migration: string, cause: unknown) {
    const { message, code } = cause as { message?: string; code?: string };
    super(`The migration ${migration} failed and was rolled back: ${message} (${code ?? 'no code'}).`, {
      cause,
    });
  }
}

/**
 * Applies the pending migrations and returns their names. Several servers may call it at once: one migrates, the others
 * wait for it as long as it takes. A statement waits for the lock of a table only for the lock timeout of the
 * connection, so that readers never queue behind it for longer; then the migration is rolled back and tried again, until
 * `stop` aborts. Throws MigrationFailed.
 */
export async function migrate(dataSource: DataSource, log: Log, stop?: AbortSignal): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SET lock_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const pending = await pendingOf(dataSource, runner);
    await applyAll(dataSource, runner, log, stop);
    await grantApplicationRole(runner);
    return pending;
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

async function applyAll(
  dataSource: DataSource,
  runner: QueryRunner,
  log: Log,
  stop: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return;
    } catch (error) {
      const [failed = 'after the last one'] = await pendingOf(dataSource, runner);
      if (!isLockTimeout(error) || stop?.aborted) throw new MigrationFailed(failed, error);
      log.write('warn', `the migration ${failed} waits for the lock of a table: trying again`);
      await delay(RETRY_MS);
    }
  }
}

/**
 * Waits until another program has applied all migrations, or until `stop` aborts. Calls `whileUnmigrated` only if it has to
 * wait, and what that returns at the end.
 */
export async function untilMigrated(
  dataSource: DataSource,
  log: Log,
  whileUnmigrated: () => Promise<() => Promise<void>>,
  stop?: AbortSignal,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  let end = () => Promise.resolve();
  try {
    let [next] = await pendingOf(dataSource, runner);
    if (next === undefined) return;
    log.write('warn', `not ready: the migration ${next} is pending. Run npm run migrate`);
    end = await whileUnmigrated();
    while (next !== undefined && !stop?.aborted) {
      await delay(POLL_MS);
      [next] = await pendingOf(dataSource, runner);
    }
  } finally {
    await end();
    await runner.release();
  }
}

/**
 * Warns if a newer release has changed the schema, which the release before it can work with. Throws DatabaseUnsuitable
 * if that change is one that only newer releases can work with.
 */
export async function assertNotTooNew(dataSource: DataSource, log: Log): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    const known = new Set(namesOf(dataSource));
    const unknown = ((await appliedOf(runner)) ?? []).filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    const names = unknown.join(', ');
    if (unknown.some((name) => name.startsWith(CONTRACT))) {
      throw new DatabaseUnsuitable(
        `The schema is that of a newer release, which this one cannot work with (${names}). Start a newer release.`,
      );
    }
    log.write('warn', `a newer release has changed the schema (${names}); this one works with it`);
  } finally {
    await runner.release();
  }
}

/** The names of the migrations that are not applied, in their order. Changes nothing, also in an empty database. */
export async function findPending(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return await pendingOf(dataSource, runner);
  } finally {
    await runner.release();
  }
}

async function pendingOf(dataSource: DataSource, runner: QueryRunner): Promise<string[]> {
  const applied = await appliedOf(runner);
  const names = applied === null ? [] : namesOf(dataSource).filter((name) => !applied.includes(name));
  return names.sort((one, other) => orderOf(one) - orderOf(other));
}

function namesOf(dataSource: DataSource): string[] {
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
}

/** TypeORM orders migrations by the number that their names end with. */
function orderOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

/** Null if the user may not read them: then the readiness check, which works as the server's role, finds out. */
async function appliedOf(runner: QueryRunner): Promise<string[] | null> {
  const [table] = (await runner.query(
    `SELECT has_table_privilege(to_regclass('schema_migrations'), 'SELECT') AS "isReadable"`,
  )) as { isReadable: boolean | null }[];
  if (!table || table.isReadable === null) return [];
  if (!table.isReadable) return null;
  const rows = (await runner.query('SELECT name FROM schema_migrations')) as { name: string }[];
  return rows.map(({ name }) => name);
}
