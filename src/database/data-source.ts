import pg from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import * as migrations from '#migrations';
import type { Config } from '../config/config.js';

/** The connections of a server; together they are DATABASE_POOL_SIZE. */
export interface DataSources {
  /** Shown the rows of no tenant, but in a transaction that opens a scope. */
  dataSource: DataSource;
  /** Shown the rows of every tenant: for single statements, which have no room to open a scope. */
  acrossTenants: DataSource;
}

export interface DataSourceOptions {
  /** The role to work as; without one, the user of the URL. */
  role?: string | null;
  /** Whose rows row-level security shows where no scope is opened (`Database`). */
  scope: 'no-tenant' | 'every-tenant';
  /** Of DATABASE_POOL_SIZE; default: all. */
  poolSize?: number;
}

/** A data source for this server, not yet connected. `synchronize` is never on: migrations make the schema. */
export function createDataSource(
  url: string,
  config: Config,
  entities: EntityTarget<ObjectLiteral>[],
  { role = null, scope, poolSize = config.DATABASE_POOL_SIZE }: DataSourceOptions,
): DataSource {
  const timeoutMs = config.DATABASE_TIMEOUT_SECONDS * 1000;
  const settings = {
    // Ours are look-ups by key: planning them anew each time costs more than running them
    plan_cache_mode: 'force_generic_plan',
    // An index is as good as in memory; otherwise joins of small tables read each of them whole, for every row
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
      // For a database that neither answers nor hangs up
      query_timeout: timeoutMs + 5_000,
      idle_in_transaction_session_timeout: timeoutMs,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  });
}
