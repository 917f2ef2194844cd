import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedProcess } from './loaded-process.js';
import type { ServerReference, Settings } from './server.js';

/** What one spec file leaves to the next one of the same jest worker. The run's reaper ends it. */
export interface SharedApp {
  /** Those that it runs with; the suite may have changed them. */
  settings: Settings;
  server: ServerReference;
  /** The process that runs it. */
  warm: LoadedProcess;
  databaseUrl: string;
  /** The last client address in use. */
  lastAddress: number;
}

/** Each worker has two: one with the settings of the suites, which most files use, and one for all others. */
function file(settings: Settings): string {
  const kind = Object.keys(settings).length === 0 ? 'plain' : 'other';
  return join(
    process.env.GATEHOUSE_TEST_RUN_DIR ?? '',
    `shared-${process.env.JEST_WORKER_ID ?? 1}-${kind}.json`,
  );
}

export function findShared(settings: Settings): SharedApp | null {
  const path = file(settings);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SharedApp) : null;
}

export function keepShared(settings: Settings, app: SharedApp): void {
  writeFileSync(file(settings), JSON.stringify(app));
}

/** For what has changed, so that no suite takes it for what was kept. */
export function forgetShared(settings: Settings): void {
  rmSync(file(settings), { force: true });
}
