import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { Config } from '../config/config.js';

const MIGRATIONS = fileURLToPath(new URL('../migrations/', import.meta.url));

/**
 * A data source for this server, not yet connected; with a role, it works as that one. `synchronize` is never on:
 * migrations make the schema.
 */
export function createDataSource(
  url: string,
  config: Config,
  entities: EntityTarget<ObjectLiteral>[],
  role: string | null = null,
): DataSource {
  const settings = {
    // Ours are look-ups by key: planning them anew each time costs more than running them
    plan_cache_mode: 'force_generic_plan',
    // Work on people spans their tenants; `Database.inTenant` narrows it
    'gatehouse.tenant': '*',
    ...(role !== null && { role }),
  };
  return new DataSource({
    type: 'postgres',
    url,
    entities: entities as never[],
    migrations: migrationFiles(),
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    logging: false,
    applicationName: 'gatehouse',
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: 5_000,
    extra: {
      statement_timeout: 15_000,
      // For a database that neither answers nor hangs up
      query_timeout: 20_000,
      idle_in_transaction_session_timeout: 15_000,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  });
}

function migrationFiles(): string[] {
  return readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.js'))
    .map((name) => MIGRATIONS + name);
}
