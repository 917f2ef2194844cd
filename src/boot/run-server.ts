import 'reflect-metadata';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Log } from '../common/log.js';
import { workerPlace } from '../common/workers.js';
import type { Config } from '../config/config.js';
import { Draining } from '../modules/health/draining.js';
import { exitOnFailure } from './exit-on-failure.js';
import { greet } from './greet.js';
import { loadShare } from './load-environment.js';
import { openDatabase } from './open-database.js';
import { revokeAtStart } from './revoke-at-start.js';
import { answerUnready } from './unready-server.js';

/**
 * Runs the server until `stop` aborts, then drains and ends it, and exits with 0: at the latest SHUTDOWN_DELAY_SECONDS and
 * SHUTDOWN_SECONDS after the signal, whatever is still open.
 */
export function runServer(stop: AbortSignal): Promise<void> {
  return exitOnFailure(async () => {
    const config = loadShare(workerPlace());
    const log = new Log(config.LOG_LEVEL);
    onAbort(stop, () => {
      log.write('info', `stopping on ${stop.reason}`);
      endBy(config, log);
    });
    await serveUntil(stop, config, log);
    process.exit(0);
  });
}

async function serveUntil(stop: AbortSignal, config: Config, log: Log): Promise<void> {
  // The database starts while the application loads; a wrong configuration is reported before either
  const [database, { createApp, setUpDocs }] = await Promise.all([
    openDatabase(config, log, { stop, whileUnmigrated: () => answerUnready(config) }).catch(
      (error: unknown) => {
        if (stop.aborted) return null;
        throw error;
      },
    ),
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
    await serve(app, config, log, stop);
  } finally {
    await database.close();
  }
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

/** Nothing that hangs delays the exit any further. */
function endBy({ shutdownDelaySeconds, SHUTDOWN_SECONDS }: Config, log: Log): void {
  const limit = setTimeout(
    () => {
      log.write('warn', 'stopped with something still open');
      process.exit(0);
    },
    (shutdownDelaySeconds + SHUTDOWN_SECONDS) * 1000,
  );
  limit.unref();
}

function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}
