import type { EphemeralDatabase } from '../common/ephemeral.js';
import type { Log } from '../common/log.js';
import { readVersion } from '../common/version.js';
import type { Config } from '../config/config.js';

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
 * starts meanwhile. So this file and what it imports load no TypeORM.
 */
export async function startOwnPostgres(
  config: Config,
  log: Log,
  { ephemeral }: { ephemeral: boolean },
): Promise<OwnPostgres | null> {
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
