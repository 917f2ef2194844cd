import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where the embedded database keeps its things; all of it lies in the data directory. */
export interface Layout {
  dataDir: string;
  /** The finished cluster: it appears here by one rename, never half made. */
  cluster: string;
  /** Prefix of the folders a cluster is made in; one that is still there was interrupted. */
  unfinished: string;
  /** Password of both database roles, mode 0600. */
  password: string;
  /** What PostgreSQL has to say, since its last start. */
  log: string;
  /** Holds the process id of the server that uses the data directory. */
  owner: string;
}

/** Makes the data directory where there is none yet. */
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
