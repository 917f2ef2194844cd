import cluster from 'node:cluster';
import { onStopMessage } from '../common/workers.js';

/**
 * Aborts on the first SIGTERM or SIGINT, with its name as the reason; the second one ends the process at once. Call it
 * first of all: process 1 of a container ignores signals that it does not listen to. A worker also stops when its primary
 * tells it to, and the second signal changes nothing: a terminal and systemd send theirs to both.
 */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted && cluster.isPrimary) process.exit(1);
      stop.abort(signal);
    });
  }
  if (cluster.isWorker) onStopMessage((signal) => stop.abort(signal));
  return stop.signal;
}
