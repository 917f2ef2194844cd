import pg from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import * as migrations from '#migrations';
import type { Config } from '../config/config.js';

/** The two connection pools of a server; together they have DATABASE_POOL_SIZE connections. */
export interface DataSources {
  /** Sees rows of no tenant, except in a transaction that opens a tenant scope. */
  dataSource: DataSource;
  /** Sees the rows of every tenant: for single statements, which cannot open a scope. */
  acrossTenants: DataSource;
}

export interface DataSourceOptions {
  /** The role to work as; without one, the user of the URL. */
  role?: string | null;
  /** The rows that row-level security makes visible while no scope is open (`Database`). */
  scope: 'no-tenant' | 'every-tenant';
  /** Part of DATABASE_POOL_SIZE; default: all of it. */
  poolSize?: number;
}

/** A data source for this server, not yet connected. `synchronize` is never on: only migrations change the schema. */
export function createDataSource(
  url: string,
  config: Config,
  entities: EntityTarget<ObjectLiteral>[],
  { role = null, scope, poolSize = config.DATABASE_POOL_SIZE }: DataSourceOptions,
): DataSource {
  const timeoutMs = config.DATABASE_TIMEOUT_SECONDS * 1000;
  const settings = {
    // Our queries are look-ups by key: planning them each time costs more than running them
    plan_cache_mode: 'force_generic_plan',
    // Indexes are in memory; with a higher cost, joins would scan small tables completely for every row
    random_page_cost: '1.1',
    'gatehouse.tenant': scope === 'every-tenant' ? '*' : '',
    ...(role !== null && { role }),
  };
  return new DataSource({
    type: 'postgres',
    driver: pg,
    url,
    entities: entities as never[],
    migrations: Object.values(migrations),
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    logging: false,
    applicationName: 'gatehouse',
    poolSize,
    connectTimeoutMS: timeoutMs / 3,
    extra: {
      statement_timeout: timeoutMs,
      // For a database that neither responds nor closes the connection
      query_timeout: timeoutMs + 5_000,
      idle_in_transaction_session_timeout: timeoutMs,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  });
}
