import { type Account, chooseAccount } from './account.js';
import { ensureDatabase } from './application-database.js';
import { ensureCluster, SUPERUSER } from './cluster.js';
import { type DataDirLock, lockDataDir } from './data-dir-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type Layout, prepareLayout } from './layout.js';
import { Postmaster, stopOrphan } from './postmaster.js';
import { findPrograms } from './programs.js';
import { Watchdog } from './watchdog.js';

interface StartOptions {
  /** Default: one that stops PostgreSQL and leaves the data directory. */
  watchdog?: Watchdog;
  /** Arguments for `postgres`. */
  settings?: string[];
}

/** The bundled PostgreSQL, for a server without DATABASE_URL. It never outlives this process (`Watchdog`). */
export class EmbeddedPostgres {
  private constructor(
    /** For the application's own role and database. The port changes at every start. */
    readonly url: string,
    /** For what only development does beside the application. */
    readonly superuserUrl: string,
    private readonly postmaster: Postmaster,
    private readonly lock: DataDirLock,
    private readonly watchdog: Watchdog,
    /** Resolves with the reason if PostgreSQL ends without `stop`; otherwise never. */
    readonly lost: Promise<string>,
  ) {}

  /**
   * Creates the database in `<dataDir>/postgres` if there is none, shuts down the PostgreSQL of a killed server there,
   * and starts. Throws EmbeddedPostgresError, which states the remedy, for example if another running server uses the
   * data directory; then no process is left running.
   */
  static async start(
    dataDir: string,
    log: (line: string) => void,
    { watchdog: given, settings = [] }: StartOptions = {},
  ): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32') {
      throw new EmbeddedPostgresError(
        'The embedded PostgreSQL does not run on Windows: use WSL, or set DATABASE_URL.',
      );
    }
    const layout = prepareLayout(dataDir);
    const account = chooseAccount(layout);
    const lock = await lockDataDir(layout);
    const watchdog = given ?? Watchdog.start(layout.cluster, null);
    try {
      const { url, superuserUrl, postmaster, lost } = await startLocked(
        layout,
        account,
        log,
        watchdog,
        settings,
      );
      return new EmbeddedPostgres(url, superuserUrl, postmaster, lock, watchdog, lost);
    } catch (error) {
      await watchdog.end();
      lock.release();
      throw error;
    }
  }

  /**
   * Resolves when PostgreSQL has stopped, and the data directory is unlocked or, by its watchdog, deleted. Close the
   * connections first.
   */
  async stop(): Promise<void> {
    await this.postmaster.stop();
    await this.watchdog.end();
    this.lock.release();
  }
}

async function startLocked(
  layout: Layout,
  account: Account | null,
  log: (line: string) => void,
  watchdog: Watchdog,
  settings: string[],
) {
  const programs = findPrograms(account, log);
  await stopOrphan(layout.cluster, log);
  const password = await ensureCluster(layout, programs, account);
  const postmaster = await Postmaster.start(layout, programs, account, watchdog, settings);
  const lost = new Promise<string>((resolve) => {
    postmaster.onUnexpectedExit(() =>
      resolve(`The embedded PostgreSQL ended unexpectedly, and the server with it; see ${layout.log}.`),
    );
  });
  try {
    const url = await ensureDatabase(layout, postmaster.port, password);
    const asSuperuser = new URL(url);
    asSuperuser.username = SUPERUSER;
    return { url, superuserUrl: asSuperuser.href, postmaster, lost };
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}
