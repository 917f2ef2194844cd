import { once } from 'node:events';
import type { Log } from '../../common/log.js';
import type { Config } from '../../config/config.js';
import { loadKeyring } from '../../config/load-keyring.js';
import { greet } from '../greet.js';
import type { OpenDatabase } from '../open-database.js';
import { revokeAtStart } from '../revoke-at-start.js';
import { WorkerPool } from './worker-pool.js';

/**
 * Serves by WORKERS processes until `stop` aborts. This one, their primary, has prepared the database and made what is
 * made once; it closes its connections and keeps the embedded PostgreSQL. Throws WorkerFailed if they cannot serve.
 */
export async function runWorkers(
  config: Config,
  database: OpenDatabase,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  await revokeAtStart(config, database, log);
  loadKeyring(config);
  await Promise.all([database.dataSource.destroy(), database.acrossTenants.destroy()]);
  const environment = { DATABASE_URL: database.url, MIGRATE_ON_START: 'false', REVOKE_BEFORE: '' };
  const pool = new WorkerPool(config.WORKERS, environment, log);
  const stopped = stop.aborted ? Promise.resolve() : once(stop, 'abort').then(() => undefined);
  try {
    await Promise.race([pool.start(), stopped]);
    if (!stop.aborted) {
      greet(config, log);
      await Promise.race([stopped, pool.failure]);
    }
  } finally {
    await pool.stop(String(stop.reason ?? 'SIGTERM'));
  }
}
