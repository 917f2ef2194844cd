import './environment-file.js';
import cluster from 'node:cluster';
import { Log } from '../common/log.js';
import { workerPlace } from '../common/workers.js';
import type { Config } from '../config/config.js';
import { assertFolders } from '../config/folders.js';
import { findSharedOrigins } from '../config/origins.js';
import { HELP, type Order, parseArguments } from './arguments.js';
import { FROM_FILE } from './environment-file.js';
import { prepareEphemeral, readSeedOf, withCodes } from './ephemeral.js';
import { loadShare } from './load-environment.js';
import { startOwnPostgres } from './own-postgres.js';
import { runCommand } from './run-command.js';
import { startTracing } from './tracing/start-tracing.js';

const NOT_DELIVERED =
  'a variable of .env is not used: an ephemeral server sends nothing out unless the environment itself says where to';

const SHARED_ORIGIN =
  'a pattern of CORS_ORIGINS trusts strangers: anybody can publish pages at such a host. Write the origins out, or use a domain of your own';

/**
 * Runs the server until `stop` aborts, then drains and ends it, and exits with 0: at the latest SHUTDOWN_DELAY_SECONDS and
 * SHUTDOWN_SECONDS after the signal, whatever is still open.
 */
export function runServer(stop: AbortSignal): Promise<void> {
  return runCommand(HELP, parseArguments, async (order) => {
    const leftOut = order.ephemeral ? prepareEphemeral(process.env, FROM_FILE) : [];
    // A wrong configuration is reported before anything else is loaded
    const loaded = loadShare(workerPlace());
    if (cluster.isPrimary && !order.ephemeral) assertFolders(loaded, { serves: true });
    const log = new Log(loaded.LOG_LEVEL);
    if (cluster.isPrimary) warnOfOrigins(loaded, log);
    for (const name of leftOut) log.write('warn', NOT_DELIVERED, { name });
    onAbort(stop, () => {
      if (cluster.isPrimary) log.write('info', `stopping on ${stop.reason}`);
      endBy(loaded, log);
    });
    // It starts while everything else loads; a failure is that of `serveUntil`
    const own = startOwnPostgres(loaded, log, { ephemeral: order.ephemeral !== null });
    own.catch(() => undefined);
    const { ephemeral, config, stopTracing } = await prepare(order, loaded, log).catch(
      async (error: unknown) => {
        await own.then((postgres) => postgres?.stop()).catch(() => undefined);
        throw error;
      },
    );
    const { serveUntil } = await import('./serve-until.js');
    await serveUntil(stop, config, log, { ephemeral, own });
    await stopTracing();
    process.exit(0);
  });
}

function warnOfOrigins({ CORS_ORIGINS }: Config, log: Log): void {
  for (const origin of findSharedOrigins(CORS_ORIGINS)) log.write('warn', SHARED_ORIGIN, { origin });
}

async function prepare(order: Order, loaded: Config, log: Log) {
  const ephemeral = order.ephemeral && (await readSeedOf(order.ephemeral.seedFile));
  const config = ephemeral ? withCodes(loaded, ephemeral) : loaded;
  return { ephemeral, config, stopTracing: await startTracing(config, log) };
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
