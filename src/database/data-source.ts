import pg, { type ClientBase } from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import * as migrations from '#migrations';
import type { EphemeralDatabase } from '../common/ephemeral.js';
import type { Config } from '../config/config.js';
import { establishSession, type SessionSettings } from './session-settings.js';
import { SupervisedClient } from './supervised-client.js';

/** The two connection pools of a server; together they have DATABASE_POOL_SIZE connections. */
export interface DataSources {
  /** Sees rows of no tenant, except in a transaction that opens a tenant scope. */
  dataSource: DataSource;
  /** Sees the rows of every tenant: for single statements, which cannot open a scope. */
  acrossTenants: DataSource;
  /** Where the server is ephemeral. */
  ephemeral?: EphemeralDatabase;
}

export interface DataSourceOptions {
  /** The role to work as; without one, the user of the URL. */
  role?: string | null;
  /** The rows that row-level security makes visible while no scope is open (`Database`). */
  scope: 'no-tenant' | 'every-tenant';
  /** Part of DATABASE_POOL_SIZE; default: all of it. */
  poolSize?: number;
  /** False for migrations: statements may take any time, and the user may be a superuser. Default: true. */
  serves?: boolean;
}

/** The roles of the data sources made here. */
const roles = new WeakMap<DataSource, string>();

/** The role that the connections of a data source work as; null for the user of its URL. */
export function roleOf(dataSource: DataSource): string | null {
  return roles.get(dataSource) ?? null;
}

/** At the start, no request waits for the connection. */
const START_CONNECT_SECONDS = 15;

/** How much later than PostgreSQL the driver gives up a statement. */
const ANSWER_SECONDS = 1;

/** A data source for this server, not yet connected. `synchronize` is never on: only migrations change the schema. */
export function createDataSource(
  url: string,
  config: Config,
  entities: EntityTarget<ObjectLiteral>[],
  { role = null, scope, poolSize = config.DATABASE_POOL_SIZE, serves = true }: DataSourceOptions,
): DataSource {
  const milliseconds = (seconds: number) => (serves ? seconds * 1000 : 0);
  const values = {
    statement_timeout: String(milliseconds(config.DATABASE_TIMEOUT_SECONDS)),
    // Also of a migration: readers must not queue behind it
    lock_timeout: String(config.DATABASE_LOCK_SECONDS * 1000),
    idle_in_transaction_session_timeout: String(milliseconds(config.DATABASE_IDLE_SECONDS)),
    // Our queries are look-ups by key: planning them each time costs more than running them
    plan_cache_mode: 'force_generic_plan',
    // Indexes are in memory; with a higher cost, joins would scan small tables completely for every row
    random_page_cost: '1.1',
    // To compile a statement, or to start processes for it, takes longer than any of ours runs
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    'gatehouse.tenant': scope === 'every-tenant' ? '*' : '',
  };
  const session: SessionSettings = { role, serves, values };
  const dataSource = new DataSource({
    type: 'postgres',
    driver: pg,
    url,
    entities: entities as never[],
    migrations: Object.values(migrations),
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    logging: false,
    // The default one prints failed migrations by itself
    logger: 'debug',
    applicationName: 'gatehouse',
    poolSize,
    connectTimeoutMS: Math.max(config.DATABASE_CONNECT_SECONDS, serves ? 0 : START_CONNECT_SECONDS) * 1000,
    extra: {
      Client: SupervisedClient,
      // For a database that neither responds nor closes the connection
      query_timeout: milliseconds(config.DATABASE_TIMEOUT_SECONDS + ANSWER_SECONDS),
      verify: (client: ClientBase, done: (error?: unknown) => void) => {
        establishSession(client, session).then(() => done(), done);
      },
    },
  });
  if (role !== null) roles.set(dataSource, role);
  return dataSource;
}
