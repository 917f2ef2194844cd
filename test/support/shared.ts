import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerReference, Settings } from './server.js';

/** What one spec file leaves to the next one of the same jest worker. The run's reaper ends it. */
export interface SharedApp {
  server: ServerReference;
  databaseUrl: string;
  /** The last client address in use. */
  lastAddress: number;
}

/** One for each worker and each set of settings, in whatever order these are written. */
function file(settings: Settings): string {
  const key = createHash('sha256')
    .update(JSON.stringify(Object.entries(settings).sort()))
    .digest('hex');
  const name = `shared-${process.env.JEST_WORKER_ID ?? 1}-${key.slice(0, 12)}.json`;
  return join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', name);
}

export function findShared(settings: Settings): SharedApp | null {
  const path = file(settings);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SharedApp) : null;
}

export function keepShared(settings: Settings, app: SharedApp): void {
  writeFileSync(file(settings), JSON.stringify(app));
}
