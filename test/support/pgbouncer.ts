import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectsTo } from './connects-to.js';
import { freePort } from './server.js';
import { until } from './until.js';

/** PgBouncer in front of the database of the run, as an operator installs it. */
export class PgBouncer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** `databaseUrl`, by way of this pooler. */
    readonly url: string,
  ) {}

  /** `settings`: more of its configuration. */
  static async start(
    databaseUrl: string,
    mode: 'session' | 'transaction',
    settings: Record<string, string | number> = {},
  ): Promise<PgBouncer> {
    const { hostname, port, username, password } = new URL(databaseUrl);
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(await freePort());
    // It refuses to run as root; the user it becomes must be able to read its configuration
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'));
    chmodSync(folder, 0o755);
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(
      file,
      `[databases]
* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${url.port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
client_login_timeout = 600
server_connect_timeout = 600
query_wait_timeout = 600
${Object.entries(settings)
  .map(([name, value]) => `${name} = ${value}\n`)
  .join('')}`,
    );
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    const isRoot = process.getuid?.() === 0;
    const started = spawn('pgbouncer', [...(isRoot ? ['-u', 'nobody'] : []), file], { stdio: 'ignore' });
    writeFileSync(join(runDir, 'pids', String(started.pid)), '');
    await until(() => connectsTo(Number(url.port)));
    return new PgBouncer(started, folder, url.href);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
    rmSync(this.folder, { recursive: true });
  }
}
