import { type Account, chooseAccount } from './account.js';
import { ensureDatabase } from './application-database.js';
import { ensureCluster } from './cluster.js';
import { type DataDirLock, lockDataDir } from './data-dir-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type Layout, prepareLayout } from './layout.js';
import { Postmaster, stopOrphan } from './postmaster.js';
import { findPrograms } from './programs.js';

/** The bundled PostgreSQL, for a server without DATABASE_URL. */
export class EmbeddedPostgres {
  private constructor(
    /** For the application's own role and database. The port changes at every start. */
    readonly url: string,
    private readonly postmaster: Postmaster,
    private readonly lock: DataDirLock,
    /** Resolves with the reason if PostgreSQL ends without `stop`; otherwise never. */
    readonly lost: Promise<string>,
  ) {}

  /**
   * Creates the database in `<dataDir>/postgres` if there is none, shuts down the PostgreSQL of a killed server there,
   * and starts. Throws EmbeddedPostgresError, which states the remedy, for example if another running server uses the
   * data directory; then no process is left running.
   */
  static async start(dataDir: string, log: (line: string) => void): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32') {
      throw new EmbeddedPostgresError(
        'The embedded PostgreSQL does not run on Windows: use WSL, or set DATABASE_URL.',
      );
    }
    const layout = prepareLayout(dataDir);
    const account = chooseAccount(layout);
    const lock = await lockDataDir(layout);
    try {
      return await startLocked(
        layout,
        account,
        log,
        (url, postmaster, lost) => new EmbeddedPostgres(url, postmaster, lock, lost),
      );
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Resolves when PostgreSQL has stopped and the data directory is unlocked. Close the connections first. */
  async stop(): Promise<void> {
    await this.postmaster.stop();
    this.lock.release();
  }
}

async function startLocked<T>(
  layout: Layout,
  account: Account | null,
  log: (line: string) => void,
  started: (url: string, postmaster: Postmaster, lost: Promise<string>) => T,
): Promise<T> {
  const programs = findPrograms(account, log);
  await stopOrphan(layout.cluster, log);
  const password = await ensureCluster(layout, programs, account);
  const postmaster = await Postmaster.start(layout, programs, account);
  const lost = new Promise<string>((resolve) => {
    postmaster.onUnexpectedExit(() =>
      resolve(`The embedded PostgreSQL ended unexpectedly, and the server with it; see ${layout.log}.`),
    );
  });
  try {
    return started(await ensureDatabase(layout, postmaster.port, password), postmaster, lost);
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}
