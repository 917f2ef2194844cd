import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareLayout } from './layout.js';
import { isPostmasterOf, readPostmasterPid } from './postmaster-pid.js';

/** The address of the embedded database that a server on this machine runs in the data directory; null if none does. */
export function findRunningDatabase(directory: string): string | null {
  if (!existsSync(directory)) return null;
  const { cluster, password } = prepareLayout(directory);
  const postmaster = readPostmasterPid(cluster);
  if (!postmaster || !isPostmasterOf(cluster, postmaster.pid)) return null;
  const port = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[3]?.trim();
  const url = new URL(`postgresql://gatehouse@127.0.0.1:${port}/gatehouse`);
  url.password = readFileSync(password, 'utf8').trim();
  return url.href;
}
