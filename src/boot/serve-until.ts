import 'reflect-metadata';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EPHEMERAL_DATABASE, type EphemeralDatabase } from '../common/ephemeral.js';
import type { Log } from '../common/log.js';
import type { Config } from '../config/config.js';
import { Draining } from '../modules/health/draining.js';
import type { Ephemeral } from './ephemeral.js';
import { greet } from './greet.js';
import { openDatabase } from './open-database.js';
import type { OwnPostgres } from './own-postgres.js';
import { revokeAtStart } from './revoke-at-start.js';
import { answerUnready } from './unready-server.js';

/**
 * Serves until `stop` aborts; then the requests in hand are answered and the connections closed. `own` is the PostgreSQL
 * that the caller has begun to start.
 */
export async function serveUntil(
  stop: AbortSignal,
  config: Config,
  log: Log,
  { ephemeral, own }: { ephemeral: Ephemeral | null; own: Promise<OwnPostgres | null> },
): Promise<void> {
  // The database starts while the application loads
  const [database, { createApp, setUpDocs }] = await Promise.all([
    openDatabase(config, log, {
      stop,
      whileUnmigrated: () => answerUnready(config),
      own,
    }).catch((error: unknown) => {
      if (stop.aborted) return null;
      throw error;
    }),
    loadApplication(),
  ]);
  if (!database) return;
  try {
    if (stop.aborted) return;
    void database.lost.then((reason) => {
      process.stderr.write(`${reason}\n`);
      process.exit(1);
    });
    if (cluster.isPrimary && config.WORKERS > 1) {
      const { runWorkers } = await import('./workers/run-workers.js');
      return await runWorkers(config, database, log, stop);
    }
    await revokeAtStart(config, database, log);
    const app = await createApp(config, database, log);
    if (config.docsEnabled) setUpDocs(app, config);
    if (ephemeral) await fill(app, ephemeral);
    await serve(app, config, log, stop);
  } finally {
    await database.close();
  }
}

/** Throws ConfigError if the database refuses the seed. */
async function fill(app: NestFastifyApplication, { seed, seedFile }: Ephemeral): Promise<void> {
  const [{ SeedingService }, { refused }] = await Promise.all([
    import('../modules/seeding/seeding.service.js'),
    import('../modules/seeding/seed-file.js'),
  ]);
  await app.init();
  const problems = await app.get(SeedingService, { strict: false }).fill(seed);
  if (problems.length > 0) throw refused(seedFile ?? '', problems);
  await app.get<EphemeralDatabase>(EPHEMERAL_DATABASE, { strict: false }).keep();
}

async function loadApplication() {
  const [{ createApp }, { setUpDocs }] = await Promise.all([
    import('../http/create-app.js'),
    import('../contracts/shared/docs/set-up-docs.js'),
  ]);
  return { createApp, setUpDocs };
}

/** Listens, and on `stop` tells the load balancer first, then finishes what runs. */
async function serve(
  app: NestFastifyApplication,
  config: Config,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  try {
    if (stop.aborted) return;
    await app.listen(config.PORT, config.HOST);
    if (cluster.isPrimary) greet(config, log);
    if (!stop.aborted) await once(stop, 'abort');
    app.get(Draining, { strict: false }).begin();
    await delay(config.shutdownDelaySeconds * 1000);
  } finally {
    await app.close();
  }
}
