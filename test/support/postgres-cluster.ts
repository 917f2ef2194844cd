import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { chooseAccount } from '../../src/dev/embedded-postgres/account.js';
import { ensureDatabase } from '../../src/dev/embedded-postgres/application-database.js';
import { accessTo, ensureCluster, SUPERUSER } from '../../src/dev/embedded-postgres/cluster.js';
import { type Layout, prepareLayout } from '../../src/dev/embedded-postgres/layout.js';
import { findPrograms } from '../../src/dev/embedded-postgres/programs.js';
import { freePort } from './server.js';
import { until } from './until.js';

/** As in PostgreSQL's manual, "Shutting Down the Server": what `pg_ctl stop --mode` sends. */
const MODES = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export type StopMode = keyof typeof MODES;

/** A PostgreSQL of its own, with all of its durability, that a suite may stop, freeze and start again. */
export class PostgresCluster {
  private process: ChildProcess | null = null;
  private connection: Client | null = null;

  private constructor(
    private readonly layout: Layout,
    private readonly port: number,
    /** Of an empty database. */
    public url: string,
  ) {}

  static async start(): Promise<PostgresCluster> {
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    const layout = prepareLayout(mkdtempSync(join(runDir, 'cluster-')));
    const account = chooseAccount(layout);
    const password = await ensureCluster(
      layout,
      findPrograms(account, () => undefined),
      account,
    );
    const cluster = new PostgresCluster(layout, await freePort(), '');
    await cluster.run();
    cluster.url = await ensureDatabase(layout, cluster.port, password);
    return cluster;
  }

  /**
   * A standby that streams from this cluster. Stops this one meanwhile: a copy of a stopped cluster needs nothing else.
   */
  async addStandby(): Promise<PostgresCluster> {
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    const layout = prepareLayout(mkdtempSync(join(runDir, 'standby-')));
    await this.stop('fast');
    // Keeps the owner of the files
    execFileSync('cp', ['-a', this.layout.cluster, layout.cluster]);
    const password = readFileSync(this.layout.password, 'utf8').trim();
    const source = `host=127.0.0.1 port=${this.port} user=${SUPERUSER} password=${password}`;
    appendFileSync(join(layout.cluster, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
    writeFileSync(join(layout.cluster, 'standby.signal'), '');
    const port = await freePort();
    const url = Object.assign(new URL(this.url), { port: String(port) });
    const standby = new PostgresCluster(layout, port, url.href);
    await this.run();
    await standby.run();
    return standby;
  }

  /** Runs one statement as the superuser. */
  async administer(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({
      connectionString: Object.assign(new URL(this.url), { username: SUPERUSER }).href,
    });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts it again, at the same port, and waits until it accepts connections. */
  async run(): Promise<void> {
    const account = chooseAccount(this.layout);
    const { postgres } = findPrograms(account, () => undefined);
    const { directory, options } = accessTo(this.layout.cluster, account);
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC'];
    const flags = settings.flatMap((setting) => ['-c', setting]);
    this.process = spawn(postgres, ['-D', directory, '-p', String(this.port), ...flags], {
      ...options,
      detached: true,
      stdio: 'ignore',
    });
    await until(() => this.accepts());
  }

  async stop(mode: StopMode): Promise<void> {
    const { process: postmaster } = this;
    if (!postmaster) return;
    const gone = once(postmaster, 'exit');
    postmaster.kill(MODES[mode]);
    await gone;
    this.process = null;
    this.connection = null;
  }

  /** Stops it for good, and removes it. */
  async dispose(): Promise<void> {
    await this.connection?.end();
    await this.stop('fast');
    rmSync(this.layout.dataDir, { recursive: true });
  }

  /** Stops every process of it where it stands, until the returned function is called. */
  freeze(): () => void {
    const processes = this.processes();
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    };
  }

  /** Ends every connection but its own. */
  async endConnections(): Promise<number> {
    const ended = await this.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`);
    return ended.length;
  }

  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    if (!this.connection) {
      const connection = new Client({ connectionString: this.url, options: '-c gatehouse.tenant=*' });
      connection.on('error', () => (this.connection = null));
      await connection.connect();
      this.connection = connection;
    }
    return (await this.connection.query<Row>(sql, values)).rows;
  }

  /** It listens before it has recovered; then it refuses everybody with 57P03, and otherwise those without a password. */
  private async accepts(): Promise<boolean> {
    const stranger = new Client({ host: '127.0.0.1', port: this.port, user: 'nobody', password: 'none' });
    stranger.on('error', () => undefined);
    const error = await stranger.connect().then(
      () => null,
      (refusal: { code?: string }) => refusal,
    );
    await stranger.end().catch(() => undefined);
    return error?.code === '28P01';
  }

  private processes(): number[] {
    const postmaster = this.process?.pid ?? 0;
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => parentOf(pid) === postmaster);
    return [postmaster, ...children.map(Number)];
  }
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return null;
  }
}
