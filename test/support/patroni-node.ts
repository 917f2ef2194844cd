import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { own, owner } from './debian-postgres.js';
import { until } from './until.js';

/** As the documented configuration has it. */
export const SUPERUSER = { user: 'postgres', password: 'change-me' };

/** One machine of a cluster: Patroni, and the PostgreSQL that it starts, in a folder of their own. */
export class PatroniNode {
  private patroni: ChildProcess | null = null;
  readonly folder: string;

  constructor(
    readonly name: string,
    parent: string,
    /** Of PostgreSQL. */
    readonly port: number,
    /** Of Patroni's REST API. */
    readonly restPort: number,
  ) {
    this.folder = join(parent, name);
    mkdirSync(this.folder);
  }

  get configuration(): string {
    return join(this.folder, 'patroni.yml');
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  configure(text: string): void {
    writeFileSync(this.configuration, text);
    own(this.folder);
  }

  /** Starts Patroni, which makes of PostgreSQL whatever the cluster needs. */
  run(): void {
    const log = openSync(join(this.folder, 'patroni.log'), 'a');
    this.patroni = spawn('patroni', [this.configuration], {
      ...owner(),
      cwd: this.folder,
      // Patroni writes a file of passwords to the home of its user
      env: { PATH: process.env.PATH, HOME: this.folder },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(this.patroni.pid)), '');
  }

  /** As a machine that loses power: no process of it runs any more. */
  async kill(): Promise<void> {
    await until(() => {
      const processes = this.processes();
      for (const pid of processes) signal(pid, 'SIGKILL');
      return processes.length === 0;
    });
    this.patroni = null;
  }

  /** Stops every process of it where it stands, until the returned function is called. */
  freeze(): () => void {
    const frozen = new Set<number>();
    for (;;) {
      const others = this.processes().filter((pid) => !frozen.has(pid));
      if (others.length === 0) break;
      for (const pid of others) {
        frozen.add(pid);
        signal(pid, 'SIGSTOP');
      }
    }
    return () => {
      for (const pid of frozen) signal(pid, 'SIGCONT');
    };
  }

  /** A connection of the superuser to this PostgreSQL, whatever its role is. */
  async connect(): Promise<Client> {
    const client = new Client({ host: '127.0.0.1', port: this.port, database: 'postgres', ...SUPERUSER });
    client.on('error', () => undefined); // A lost connection also rejects the pending statement
    await client.connect();
    return client;
  }

  async query<Row extends object>(text: string): Promise<Row[]> {
    const client = await this.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Whether it answers, and has been promoted. */
  async isPrimary(): Promise<boolean> {
    const [row] = await this.query<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers').catch(
      () => [],
    );
    return row?.recovers === false;
  }

  /** Whether it answers, and Patroni counts it as a synchronous standby. */
  async isSynchronous(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.restPort}/synchronous`).catch(() => null);
    return answer?.status === 200;
  }

  /** Whether it answers, and its commits wait for the standby of this name. */
  async waitsFor(standby: string): Promise<boolean> {
    const rows = await this.query(
      `SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND application_name = '${standby}'`,
    ).catch(() => []);
    return rows.length > 0;
  }

  /** Patroni and its children work in this folder, PostgreSQL in the folder of its data. */
  private processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => `${workingFolder(pid)}/`.startsWith(`${this.folder}/`))
      .map(Number);
  }
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // It has ended
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}
