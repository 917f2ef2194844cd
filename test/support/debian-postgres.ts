import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './server.js';
import { until } from './until.js';

const ROOT = '/usr/lib/postgresql';
const [newest] = existsSync(ROOT) ? readdirSync(ROOT).toSorted((one, other) => +other - +one) : [];

/** The folder of the programs of Debian's PostgreSQL, or null where it is not installed. */
export const POSTGRES_PROGRAMS = newest === undefined ? null : join(ROOT, newest, 'bin');

/** A PostgreSQL from Debian, with all its programs, in a folder of its own; its superuser is `postgres`. */
export class DebianPostgres {
  private process: ChildProcess | null = null;

  private constructor(
    /** For files of the server; its owner is the user that runs it. */
    readonly folder: string,
    readonly port: number,
  ) {}

  static async create(): Promise<DebianPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-postgres-'));
    const postgres = new DebianPostgres(folder, await freePort());
    own(folder);
    return postgres;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  url(user: string, database: string): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs one of its programs, as the user that runs the server. */
  private run(program: string, ...args: string[]): void {
    execFileSync(join(POSTGRES_PROGRAMS ?? '', program), args, {
      ...owner(),
      cwd: this.folder,
      stdio: 'ignore',
    });
  }

  initialise(): void {
    this.run('initdb', '--pgdata', this.data, '--username=postgres', '--auth=trust', '--no-sync');
  }

  /** A folder for files of the server. */
  makeFolder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    own(path);
    return path;
  }

  /** Instead of `initialise`: begins with a base backup, and recovers from an archive. */
  restore(base: string): void {
    cpSync(base, this.data, { recursive: true });
    writeFileSync(join(this.data, 'recovery.signal'), '');
    chmodSync(this.data, 0o700);
    own(this.data);
  }

  async start(settings: Record<string, string> = {}): Promise<void> {
    const all = {
      listen_addresses: '127.0.0.1',
      port: `${this.port}`,
      unix_socket_directories: '',
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.data, 'postgresql.conf'), lines.join(''));
    const program = join(POSTGRES_PROGRAMS ?? '', 'postgres');
    this.process = spawn(program, ['-D', this.data], { ...owner(), cwd: this.folder, stdio: 'ignore' });
    await until(() => this.answers());
  }

  async stop(): Promise<void> {
    if (!this.process) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGINT');
    await ended;
    this.process = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Listens at a Unix socket, too, in its folder. */
  socketUrl(user: string, database: string): string {
    return `postgres://${user}@${encodeURIComponent(this.folder)}:${this.port}/${database}`;
  }

  /** One statement of the superuser. */
  async query<Row extends object>(text: string, database = 'postgres'): Promise<Row[]> {
    const client = new Client({ connectionString: this.url('postgres', database) });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Whether it accepts writes: a restored one does once it has been promoted. */
  private async answers(): Promise<boolean> {
    if (this.process?.exitCode !== null) throw new Error('PostgreSQL ended');
    const rows = await this.query<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers').catch(
      () => [],
    );
    return rows[0]?.recovers === false;
  }
}

/** Who runs PostgreSQL, which does not run as root; for options of a process. */
export function owner(): { uid?: number; gid?: number } {
  if (userInfo().uid !== 0) return {};
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** Makes whoever runs PostgreSQL the owner of this folder and what is in it. */
export function own(folder: string): void {
  const { uid, gid } = owner();
  if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
}
