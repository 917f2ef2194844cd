import { once } from 'node:events';
import type { TestRun } from './global-setup.js';

/** Stops the run's own PostgreSQL, then lets the reaper remove the rest, and waits for it. */
export default async function globalTeardown(): Promise<void> {
  const run = (globalThis as { gatehouseTestRun?: TestRun }).gatehouseTestRun;
  if (!run) return;
  await run.stopPostgres();
  const gone = once(run.reaper, 'exit');
  run.reaper.ref();
  run.reaper.stdin?.end();
  await gone;
}
