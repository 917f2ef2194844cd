import './environment-file.js';
import cluster from 'node:cluster';
import { Log } from '../common/log.js';
import { workerPlace } from '../common/workers.js';
import type { Config } from '../config/config.js';
import { HELP, parseArguments } from './arguments.js';
import { prepareEphemeral, withCodes } from './ephemeral.js';
import { loadShare } from './load-environment.js';
import { runCommand } from './run-command.js';
import { startTracing } from './tracing/start-tracing.js';

/**
 * Runs the server until `stop` aborts, then drains and ends it, and exits with 0: at the latest SHUTDOWN_DELAY_SECONDS and
 * SHUTDOWN_SECONDS after the signal, whatever is still open.
 */
export function runServer(stop: AbortSignal): Promise<void> {
  return runCommand(HELP, parseArguments, async (order) => {
    const ephemeral = order.ephemeral && (await prepareEphemeral(process.env, order.ephemeral.seedFile));
    const loaded = loadShare(workerPlace());
    const config = ephemeral ? withCodes(loaded, ephemeral) : loaded;
    const log = new Log(config.LOG_LEVEL);
    onAbort(stop, () => {
      if (cluster.isPrimary) log.write('info', `stopping on ${stop.reason}`);
      endBy(config, log);
    });
    // A wrong configuration is reported before anything else is loaded
    const stopTracing = await startTracing(config, log);
    const { serveUntil } = await import('./serve-until.js');
    await serveUntil(stop, config, log, ephemeral);
    await stopTracing();
    process.exit(0);
  });
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
