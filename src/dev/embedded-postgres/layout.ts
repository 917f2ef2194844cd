import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of the embedded database, all within the data directory. */
export interface Layout {
  dataDir: string;
  /** The complete cluster: it appears here by one rename, never incomplete. */
  cluster: string;
  /** Prefix of the folders in which clusters are created; one that remains was interrupted. */
  unfinished: string;
  /** Password of both database roles, mode 0600. */
  password: string;
  /** PostgreSQL's log since its last start. */
  log: string;
  /** Contains the process id of the server that uses the data directory. */
  owner: string;
}

/** Creates the data directory if it is missing. */
export function prepareLayout(directory: string): Layout {
  mkdirSync(directory, { recursive: true });
  const dataDir = realpathSync(directory);
  return {
    dataDir,
    cluster: join(dataDir, 'postgres'),
    unfinished: join(dataDir, 'postgres.unfinished-'),
    password: join(dataDir, 'postgres-password'),
    log: join(dataDir, 'postgres.log'),
    owner: join(dataDir, 'postgres.owner'),
  };
}
