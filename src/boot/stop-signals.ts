/**
 * Aborts on the first SIGTERM or SIGINT, with its name as the reason; the second one ends the process at once. Call it
 * first of all: process 1 of a container ignores signals that it does not listen to.
 */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(signal);
    });
  }
  return stop.signal;
}
