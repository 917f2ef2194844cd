import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isPostmasterOf, readPostmasterPid } from '../../src/dev/embedded-postgres/postmaster-pid.js';
import { freePort, PATIENT_DATABASE, PATIENT_REQUESTS } from './server.js';
import { until } from './until.js';

const RUN_DIR = process.env.GATEHOUSE_TEST_RUN_DIR ?? '';
/** One template for the whole run. */
const CACHE = join(RUN_DIR, 'ephemeral-cache');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** `gatehouse --ephemeral` as others run it: nothing set but the port and where temporary files go. */
export class EphemeralServer {
  output = '';
  private readonly ended: Promise<[number | null, NodeJS.Signals | null]>;

  private constructor(
    readonly child: ChildProcess,
    readonly origin: string,
    private readonly tmp: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  static async spawn(
    args: string[],
    settings: Record<string, string> = {},
    program = 'dist/main.js',
    cwd = process.cwd(),
  ): Promise<EphemeralServer> {
    mkdirSync(CACHE, { recursive: true, mode: 0o700 });
    const tmp = mkdtempSync(join(RUN_DIR, 'ephemeral-'));
    const port = await freePort();
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      XDG_CACHE_HOME: CACHE,
      TMPDIR: tmp,
      PORT: String(port),
      ...PATIENT_DATABASE,
      ...PATIENT_REQUESTS,
      SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: '600',
      ...settings,
    };
    const child = spawn(process.execPath, [resolve(program), '--ephemeral', ...args], { cwd, env });
    return new EphemeralServer(child, `http://127.0.0.1:${port}`, tmp);
  }

  /** Throws with the output of a server that does not become ready. */
  static async start(...start: Parameters<typeof EphemeralServer.spawn>): Promise<EphemeralServer> {
    const server = await EphemeralServer.spawn(...start);
    await until(async () => server.child.exitCode !== null || (await server.isReady()));
    if (server.child.exitCode !== null) throw new Error(server.output);
    return server;
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.origin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Where its database is; null when that is gone. */
  get folder(): string | null {
    // Beside it is the compile cache of Node 22 and newer
    const name = readdirSync(this.tmp).find((entry) => entry.startsWith('gatehouse-ephemeral-'));
    return name === undefined ? null : join(this.tmp, name);
  }

  /** The process of its PostgreSQL. */
  findPostmaster(): { isRunning: () => boolean } {
    const cluster = join(this.folder ?? '', 'postgres');
    const { pid = 0 } = readPostmasterPid(cluster) ?? {};
    if (!isPostmasterOf(cluster, pid)) throw new Error(`No PostgreSQL runs in ${cluster}`);
    return { isRunning: () => isPostgres(pid) };
  }

  async end(signal: NodeJS.Signals | null = 'SIGTERM'): Promise<Ended> {
    if (signal !== null) this.child.kill(signal);
    const [code, by] = await this.ended;
    await until(() => this.folder === null);
    rmSync(this.tmp, { recursive: true });
    return { code, signal: by, output: this.output };
  }
}

/** By the process table: the folder of the process may be deleted. */
function isPostgres(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return false;
  const [, name, state] = /\((.*)\) (\S)/.exec(readFileSync(file, 'utf8')) ?? [];
  return name === 'postgres' && state !== 'Z';
}
