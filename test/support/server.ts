import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Environment variables of one server; `null` takes a default of the suites away. */
export type Settings = Record<string, string | null>;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Everything the server printed, both streams in order of arrival. */
  output: string;
}

const READY_WITHIN_MS = 20_000;
const MAIN = 'dist/main.js';

const runDir = (): string => process.env.GATEHOUSE_TEST_RUN_DIR ?? '';

/** A built server in a process of its own. Restarting keeps its address, settings and data. */
export class Server {
  private child: ChildProcess | null = null;
  private output: string[] = [];

  private constructor(
    readonly origin: string,
    private readonly environment: Record<string, string>,
    private readonly ownDataDir: string | null,
  ) {}

  /** Starts a server and waits until it is ready. Throws with its log where it does not get there. */
  static async start(settings: Settings): Promise<Server> {
    const server = await Server.prepare(settings);
    await server.run();
    return server;
  }

  /** Runs a server that is expected to give up by itself, and returns how it ended. */
  static async startAndExit(settings: Settings): Promise<Exit> {
    const server = await Server.prepare(settings);
    const exit = once(server.spawn(), 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const [code, signal] = await exit;
    server.clean();
    return { code, signal, output: server.log };
  }

  private static async prepare(settings: Settings): Promise<Server> {
    const port = await freePort();
    const ownDataDir = settings.DATA_DIR ? null : mkdtempSync(join(runDir(), 'data-'));
    const wanted: Settings = {
      ...TEST_SETTINGS,
      SECRET_KEY: randomBytes(32).toString('base64'),
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: String(port),
      DATA_DIR: ownDataDir,
      ...settings,
    };
    const environment = Object.entries(wanted).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    return new Server(`http://127.0.0.1:${wanted.PORT}`, Object.fromEntries(environment), ownDataDir);
  }

  get log(): string {
    return this.output.join('');
  }

  get settings(): Readonly<Record<string, string>> {
    return this.environment;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Another server on this one's database, keys and files, at an address of its own. */
  async startSibling(settings: Settings = {}): Promise<Server> {
    return Server.start({ ...this.environment, PORT: String(await freePort()), ...settings });
  }

  /** Starts it again, on the same address, after `stop` or `kill`. */
  async run(settings: Record<string, string> = {}): Promise<void> {
    Object.assign(this.environment, settings);
    const child = this.spawn();
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        await this.kill();
        throw new Error(
          `The server did not become ready (exit code ${child.exitCode}). Its log:\n${this.log}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  async restart(settings: Record<string, string> = {}): Promise<void> {
    await this.stop();
    await this.run(settings);
  }

  /** SIGTERM, and how it ended. */
  stop(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  /** `kill -9`: nothing of the server gets to run any more. */
  kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** Stops it for good and removes its folder, unless it was given one. */
  async dispose(): Promise<void> {
    await this.stop();
    this.clean();
  }

  private async end(signal: NodeJS.Signals): Promise<Exit> {
    const child = this.child;
    if (!child) return { code: null, signal: null, output: this.log };
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    this.child = null;
    rmSync(join(runDir(), 'pids', String(child.pid)), { force: true });
    return { code: child.exitCode, signal: child.signalCode, output: this.log };
  }

  private clean(): void {
    rmSync(join(runDir(), 'pids', String(this.child?.pid)), { force: true });
    if (this.ownDataDir) rmSync(this.ownDataDir, { recursive: true, force: true });
  }

  private spawn(): ChildProcess {
    const child = spawn(process.execPath, [MAIN], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid) writeFileSync(join(runDir(), 'pids', String(child.pid)), '');
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    }
    this.child = child;
    return child;
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health/ready`)).status === 200;
    } catch {
      return false;
    }
  }
}

/** What every suite wants unless it says otherwise: cheap hashes, no route limits, a log worth reading. */
const TEST_SETTINGS: Settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_TIME_COST: '1',
  THROTTLE_ENABLED: 'false',
  LOG_LEVEL: 'info',
  MIGRATE_ON_START: 'false',
};

/** A port below the range from which clients' own ports are taken. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const probe = createServer();
    const outcome = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!outcome) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
