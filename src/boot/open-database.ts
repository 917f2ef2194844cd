import type { ClientBase } from 'pg';
import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { DatabaseUnsuitable, tlsFault } from '../common/database-failures.js';
import type { Log } from '../common/log.js';
import type { Config } from '../config/config.js';
import { APPLICATION_ROLE, findApplicationRole } from '../database/application-role.js';
import { createDataSource, type DataSourceOptions, type DataSources } from '../database/data-source.js';
import { assertNotTooNew, migrate, untilMigrated } from '../database/migrate.js';
import { assertOwnSessions } from '../database/session-settings.js';
import { ENTITIES } from './entities.js';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.js';

/** Each attempt lasts as long as a connection may take to open. */
const MAX_ATTEMPTS = 6;

const NO_ROLE = `working as the user of DATABASE_URL: there is no role ${APPLICATION_ROLE} it may act as`;

interface OpenOptions {
  /** Default: MIGRATE_ON_START. */
  migrates?: boolean;
  /**
   * Called when the schema is not up to date and another program must migrate it; returns what to do once that has
   * happened. Without it, the connections are opened on whatever schema there is.
   */
  whileUnmigrated?: () => Promise<() => Promise<void>>;
  /** Once it aborts, a database that does not answer is not tried again, and no migration waited for. */
  stop?: AbortSignal;
  /** For a program beside the server: works on the embedded database of a server that runs. Default: false. */
  joins?: boolean;
  /** The PostgreSQL that the caller has begun to start, in place of any other; null for none. */
  own?: Promise<OwnPostgres | null>;
}

export interface OpenDatabase extends DataSources {
  /** Of DATABASE_URL, or of the embedded database. */
  url: string;
  /** Names of the migrations that this call applied. */
  applied: string[];
  /** Resolves with the reason if the embedded database ends by itself; otherwise never. */
  lost: Promise<string>;
  /** Closes the connections, and stops the embedded database. */
  close(): Promise<void>;
}

/**
 * Connects to DATABASE_URL or to the embedded PostgreSQL, which it starts, and migrates if `migrates` is true. The
 * returned connections work as the application's role.
 */
export async function openDatabase(
  config: Config,
  log: Log,
  { migrates = config.MIGRATE_ON_START, whileUnmigrated, stop, joins = false, own }: OpenOptions = {},
): Promise<OpenDatabase> {
  const given = config.DATABASE_URL ?? (joins ? await findRunning(config) : null);
  const postgres = await (own ?? (given ? null : startOwnPostgres(config, log, { ephemeral: false })));
  const url = postgres?.url ?? given ?? '';
  const open: DataSource[] = [];
  const connectTo = async (entities: EntityTarget<ObjectLiteral>[], options: DataSourceOptions) => {
    const dataSource = await connect(() => createDataSource(url, config, entities, options), log, stop);
    open.push(dataSource);
    return dataSource;
  };
  const close = async () => {
    for (const dataSource of open) if (dataSource.isInitialized) await dataSource.destroy();
    await postgres?.stop();
  };
  try {
    // A migration may change the rows of every tenant
    const owner = await connectTo([], { scope: 'every-tenant', serves: false });
    const { role, applied } = await prepare(owner, log, { migrates, whileUnmigrated, stop });
    if (role === null) log.write('warn', NO_ROLE);
    const half = Math.floor(config.DATABASE_POOL_SIZE / 2);
    const dataSource = await connectTo(ENTITIES, { role, scope: 'no-tenant', poolSize: half });
    const acrossTenants = await connectTo([], {
      role,
      scope: 'every-tenant',
      poolSize: config.DATABASE_POOL_SIZE - half,
    });
    const lost = postgres?.lost ?? new Promise<string>(() => undefined);
    return { url, dataSource, acrossTenants, applied, lost, ephemeral: postgres?.vanishing, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findRunning(config: Config): Promise<string | null> {
  const { findRunningDatabase } = await import('../dev/embedded-postgres/running-database.js');
  return findRunningDatabase(config.DATA_DIR);
}

/** Retries a slow database; reports an unreachable one at once. Throws DatabaseUnsuitable if it cannot be encrypted. */
async function connect(create: () => DataSource, log: Log, stop?: AbortSignal): Promise<DataSource> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await create().initialize();
    } catch (error) {
      const fault = tlsFault(error);
      if (fault !== null) throw new DatabaseUnsuitable(fault, { cause: error });
      const isSlow = error instanceof Error && /timeout/i.test(error.message);
      if (!isSlow || attempt === MAX_ATTEMPTS || stop?.aborted) throw error;
      log.write('warn', 'the database is slow to answer: trying again', { attempt });
    }
  }
}

/** Runs as the user of DATABASE_URL, who owns the tables. */
async function prepare(
  owner: DataSource,
  log: Log,
  { migrates, whileUnmigrated, stop }: OpenOptions,
): Promise<{ role: string | null; applied: string[] }> {
  const [runner, other] = [owner.createQueryRunner(), owner.createQueryRunner()];
  try {
    await assertOwnSessions(await connectionOf(runner), await connectionOf(other));
    const applied = migrates ? await migrate(owner, log, stop) : [];
    if (!migrates && whileUnmigrated) await untilMigrated(owner, log, whileUnmigrated, stop);
    await assertNotTooNew(owner, log);
    return { role: await findApplicationRole(runner), applied };
  } finally {
    await runner.release();
    await other.release();
    await owner.destroy();
  }
}

const connectionOf = async (runner: QueryRunner) => (await runner.connect()) as ClientBase;
