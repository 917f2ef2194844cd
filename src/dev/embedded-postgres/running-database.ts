import { existsSync } from 'node:fs';
import { databaseUrl } from './application-database.js';
import { readPassword } from './cluster.js';
import { prepareLayout } from './layout.js';
import { isPostmasterOf, readPostmasterPid } from './postmaster-pid.js';

/** The address of the embedded database that a server on this machine runs in the data directory; null if none does. */
export function findRunningDatabase(directory: string): string | null {
  if (!existsSync(directory)) return null;
  const layout = prepareLayout(directory);
  const postmaster = readPostmasterPid(layout.cluster);
  if (!postmaster?.port || !isPostmasterOf(layout.cluster, postmaster.pid)) return null;
  return databaseUrl(postmaster.port, readPassword(layout));
}
