import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { shiftClock, SHIFTED_CLOCK } from './shifted-clock.js';
import { restoreSnapshot, takeSnapshot } from './snapshot.js';
import { copyTemplate, findTemplate, templateKey } from './template.js';
import { Watchdog } from './watchdog.js';

/** Nothing outlives the server, so nothing has to reach the disk. */
const VANISHES = [
  ...[
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'wal_level=minimal',
    'max_wal_senders=0',
  ],
  ...['shared_buffers=64MB', 'autovacuum_naptime=10min', 'autovacuum_worker_slots=2', 'io_method=sync'],
].flatMap((setting) => ['-c', setting]);

const DEADLOCK = '40P01';

/** A database that is gone when the server ends, however it ends, and whose clock can be moved. */
export class EphemeralPostgres {
  private constructor(
    private readonly postgres: EmbeddedPostgres,
    private readonly superuser: Client,
  ) {}

  /** `migrate` gets the URL of an empty database, once for each release and set of migrations. */
  static async start(
    release: string,
    migrate: (url: string) => Promise<void>,
    log: (line: string) => void,
  ): Promise<EphemeralPostgres> {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-ephemeral-'));
    const watchdog = Watchdog.start(join(dataDir, 'postgres'), dataDir);
    try {
      const template = await findTemplate(keyOf(release), dataDir, (folder) =>
        buildTemplate(folder, migrate, log),
      );
      await copyTemplate(template, dataDir);
    } catch (error) {
      await watchdog.end();
      throw error;
    }
    const postgres = await EmbeddedPostgres.start(dataDir, log, { watchdog, settings: VANISHES });
    const superuser = await connect(postgres);
    return new EphemeralPostgres(postgres, superuser);
  }

  get url(): string {
    return this.postgres.url;
  }

  get lost(): Promise<string> {
    return this.postgres.lost;
  }

  async stop(): Promise<void> {
    await this.superuser.end();
    await this.postgres.stop();
  }

  /** From the next statement on. */
  shiftClock(milliseconds: number): Promise<void> {
    return shiftClock(this.superuser, milliseconds);
  }

  /** What `restore` brings back. */
  keep(): Promise<void> {
    return takeSnapshot(this.superuser);
  }

  /** Waits for the transactions of requests that run. */
  async restore(): Promise<void> {
    for (;;) {
      try {
        return await restoreSnapshot(this.superuser);
      } catch (error) {
        if ((error as { code?: string }).code !== DEADLOCK) throw error;
      }
    }
  }
}

async function buildTemplate(
  folder: string,
  migrate: (url: string) => Promise<void>,
  log: (line: string) => void,
): Promise<void> {
  log('Making the database that every ephemeral server of this release copies.');
  // With its own settings: the template has to outlast a machine that crashes
  const postgres = await EmbeddedPostgres.start(folder, log);
  try {
    const superuser = await connect(postgres);
    await superuser.query(SHIFTED_CLOCK);
    await superuser.end();
    await migrate(postgres.url);
  } finally {
    await postgres.stop();
  }
}

function keyOf(release: string): string {
  const { resolve } = createRequire(import.meta.url);
  return templateKey(resolve('#migrations'), SHIFTED_CLOCK, release);
}

async function connect(postgres: EmbeddedPostgres): Promise<Client> {
  const client = new Client(postgres.superuserUrl);
  client.on('error', () => undefined); // The end of PostgreSQL is reported by `lost`
  await client.connect();
  return client;
}
