import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerReference } from './server.js';

/** What one spec file leaves to the next one of the same jest worker. The run's reaper ends it. */
export interface SharedApp {
  server: ServerReference;
  databaseUrl: string;
  /** Client addresses up to here were used. */
  lastAddress: number;
}

const file = (): string =>
  join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', `shared-${process.env.JEST_WORKER_ID ?? 1}.json`);

export function findShared(): SharedApp | null {
  return existsSync(file()) ? (JSON.parse(readFileSync(file(), 'utf8')) as SharedApp) : null;
}

export function keepShared(app: SharedApp): void {
  writeFileSync(file(), JSON.stringify(app));
}
