import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount } from '../../../src/dev/embedded-postgres/account.js';
import { ensureCluster, SUPERUSER } from '../../../src/dev/embedded-postgres/cluster.js';
import { prepareLayout } from '../../../src/dev/embedded-postgres/layout.js';
import { Postmaster } from '../../../src/dev/embedded-postgres/postmaster.js';
import { findPrograms } from '../../../src/dev/embedded-postgres/programs.js';
import { Watchdog } from '../../../src/dev/embedded-postgres/watchdog.js';

/** A PostgreSQL with nothing in it, as a new container has. */
export class SeparatePostgres {
  private constructor(
    private readonly postmaster: Postmaster,
    private readonly password: string,
    private readonly watchdog: Watchdog,
  ) {}

  static async start(): Promise<SeparatePostgres> {
    const layout = prepareLayout(mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'postgres-')));
    const account = chooseAccount(layout);
    const programs = findPrograms(account, () => undefined);
    const password = await ensureCluster(layout, programs, account);
    const watchdog = Watchdog.start(layout.cluster, layout.dataDir);
    const postmaster = await Postmaster.start(layout, programs, account, watchdog);
    return new SeparatePostgres(postmaster, password, watchdog);
  }

  get address(): string {
    return `127.0.0.1:${this.postmaster.port}`;
  }

  /** Runs a script with psql as the superuser, as the official image does at its first start. */
  async run(script: string, environment: Record<string, string>): Promise<void> {
    const options = [
      '--no-psqlrc',
      '--set=ON_ERROR_STOP=1',
      '--host=127.0.0.1',
      `--port=${this.postmaster.port}`,
    ];
    await promisify(execFile)(
      'psql',
      [...options, `--username=${SUPERUSER}`, `--file=${script}`, 'postgres'],
      {
        env: { PATH: process.env.PATH, PGPASSWORD: this.password, ...environment },
      },
    );
  }

  async stop(): Promise<void> {
    await this.postmaster.stop();
    await this.watchdog.end();
  }
}
