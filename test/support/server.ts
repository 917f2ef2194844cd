import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { canaries } from './canaries/canaries.js';
import type { WarmServer } from './warm-server.js';

/** Environment variables of one server; `null` removes a default of the suites. */
export type Settings = Record<string, string | null>;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Everything that the server printed, both streams in order of arrival. */
  output: string;
}

/** Enough to find a running server again from another spec file. */
export interface ServerReference {
  origin: string;
  environment: Record<string, string>;
  logFile: string;
}

const READY_WITHIN_MS = 570_000;
/** Each look costs a millisecond of the processor that the start needs. */
const LOOK_EVERY_MS = 100;
const MAIN = 'dist/main.js';

/** So long that it never ends while a machine stands still; suites advance time with `TestDatabase.pass`. */
export const REFRESH_GRACE_SECONDS = 600;

/**
 * The step of an authenticator's codes, so long for the same reason: a code is valid until the end of the next step.
 */
export const TOTP_STEP_SECONDS = 3600;

/** The first wait after too many guesses, and the interval between two messages to one person. */
export const SLOW_DOWN_FIRST_WAIT_SECONDS = 600;
export const MESSAGE_INTERVAL_SECONDS = 600;

/** A machine that stands still for a while is no database that fails. */
export const PATIENT_DATABASE = {
  DATABASE_TIMEOUT_SECONDS: '600',
  DATABASE_LOCK_SECONDS: '600',
  DATABASE_CONNECT_SECONDS: '600',
  DATABASE_IDLE_SECONDS: '600',
};

/** Nor is a request that waits for it one that takes too long. */
export const PATIENT_REQUESTS = { REQUEST_TIMEOUT_SECONDS: '600' };

/** The defaults of every suite: cheap hashes, no route limits, a useful log. */
export const TEST_SETTINGS: Settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_TIME_COST: '1',
  THROTTLE_ENABLED: 'false',
  LOG_LEVEL: 'info',
  MIGRATE_ON_START: 'false',
  REFRESH_GRACE_SECONDS: String(REFRESH_GRACE_SECONDS),
  TOTP_STEP_SECONDS: String(TOTP_STEP_SECONDS),
  SLOW_DOWN_FIRST_WAIT_SECONDS: String(SLOW_DOWN_FIRST_WAIT_SECONDS),
  EMAIL_INTERVAL_SECONDS: String(MESSAGE_INTERVAL_SECONDS),
  SMS_INTERVAL_SECONDS: String(MESSAGE_INTERVAL_SECONDS),
  // Nor is it a client that hangs, or a service without an answer
  ...PATIENT_DATABASE,
  ...PATIENT_REQUESTS,
  SHUTDOWN_DELAY_SECONDS: '0',
  SHUTDOWN_SECONDS: '600',
  REDIS_TIMEOUT_MS: '600000',
  DELIVERY_TRY_SECONDS: '600',
  SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: '600',
  HTTP_HEADERS_SECONDS: '300',
  HTTP_REQUEST_SECONDS: '300',
  HTTP_KEEP_ALIVE_SECONDS: '600',
  HTTP_STALL_SECONDS: '600',
};

/** What production requires, with the longest limits that it admits, and its defaults (null). */
const PRODUCTION_SETTINGS: Settings = {
  PUBLIC_URL: 'https://id.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'none',
  ARGON2_MEMORY_KIB: null,
  ARGON2_TIME_COST: null,
  REFRESH_GRACE_SECONDS: null,
  DATABASE_TIMEOUT_SECONDS: '60',
  DATABASE_LOCK_SECONDS: '30',
  DATABASE_CONNECT_SECONDS: '30',
  DATABASE_IDLE_SECONDS: '60',
  REQUEST_TIMEOUT_SECONDS: '120',
  SHUTDOWN_SECONDS: '60',
  REDIS_TIMEOUT_MS: null,
  DELIVERY_TRY_SECONDS: null,
  SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: null,
  HTTP_HEADERS_SECONDS: '60',
  HTTP_STALL_SECONDS: null,
  TOTP_STEP_SECONDS: null,
  SLOW_DOWN_FIRST_WAIT_SECONDS: null,
};

/** The same for every server of a database, as its check of the key requires. */
export const secretKeyOf = (databaseUrl: string): string =>
  createHash('sha256').update(new URL(databaseUrl).pathname).digest('base64');

const runDir = (): string => process.env.GATEHOUSE_TEST_RUN_DIR ?? '';

function newLogFile(): string {
  const file = join(runDir(), `server-${randomBytes(6).toString('hex')}.log`);
  writeFileSync(file, '');
  return file;
}

/** A built server in a process of its own. Restarting keeps its address, settings and data. */
export class Server {
  private child: ChildProcess | null = null;
  private warm: WarmServer | null = null;
  /** What restarts have changed. */
  readonly changes: Record<string, string> = {};

  private constructor(
    readonly reference: ServerReference,
    private readonly ownDataDir: string | null,
  ) {}

  /** Starts a server and waits until it is ready. Throws with its log if it does not become ready. */
  static async start(settings: Settings): Promise<Server> {
    const server = await Server.prepare(settings);
    await server.run();
    return server;
  }

  /** Runs a server that is expected to give up, by itself or by what `during` does, and returns how it ended. */
  static async startAndExit(
    settings: Settings,
    during?: (child: ChildProcess, server: Server) => void,
  ): Promise<Exit> {
    const server = await Server.prepare(settings);
    const child = server.spawn();
    const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    during?.(child, server);
    const [code, signal] = await exit;
    const { log: output } = server;
    server.clean();
    return { code, signal, output };
  }

  /** One that a warm process runs, once it is ready; it can be restarted, but not stopped. */
  static async startIn(warm: WarmServer, settings: Settings, asked = settings): Promise<Server> {
    const server = await Server.prepare(settings, warm.logFile);
    await warm.start(server.reference.environment, asked);
    server.warm = warm;
    return server;
  }

  /** The one that another spec file started in this process. */
  static attach(reference: ServerReference, warm: WarmServer): Server {
    const server = new Server(reference, null);
    server.warm = warm;
    return server;
  }

  private static async prepare(settings: Settings, logFile = newLogFile()): Promise<Server> {
    const ownDataDir = settings.DATA_DIR ? null : mkdtempSync(join(runDir(), 'data-'));
    const wanted: Settings = {
      ...TEST_SETTINGS,
      SECRET_KEY: settings.DATABASE_URL
        ? secretKeyOf(settings.DATABASE_URL)
        : randomBytes(32).toString('base64'),
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: String(await freePort()),
      DATA_DIR: ownDataDir,
      ...(settings.NODE_ENV === 'production' && PRODUCTION_SETTINGS),
      ...settings,
    };
    const set = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== null);
    const origin = `http://127.0.0.1:${wanted.PORT}`;
    return new Server({ origin, environment: Object.fromEntries(set), logFile }, ownDataDir);
  }

  get origin(): string {
    return this.reference.origin;
  }

  get isRunning(): boolean {
    return this.child !== null;
  }

  get log(): string {
    return readFileSync(this.reference.logFile, 'utf8');
  }

  get settings(): Readonly<Record<string, string>> {
    return this.reference.environment;
  }

  /**
   * Another server with this one's database, keys and files, and the same public address: in a process of its own, or in
   * one that has the program loaded.
   */
  async startSibling(settings: Settings = {}, warm: WarmServer | null = null): Promise<Server> {
    const port = String(await freePort());
    // Defaults of the suites that this one was started without
    const removed = Object.keys(TEST_SETTINGS).filter((name) => !(name in this.settings));
    const without = Object.fromEntries(removed.map((name) => [name, null]));
    const own = { PUBLIC_URL: this.origin, ...without, ...this.settings, PORT: port, ...settings };
    return warm ? Server.startIn(warm, own, settings) : Server.start(own);
  }

  /** Starts it again, on the same address, after `stop` or `kill`. */
  async run(settings: Record<string, string> = {}): Promise<void> {
    Object.assign(this.reference.environment, settings);
    const child = this.spawn();
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        await this.kill();
        throw new Error(
          `The server did not become ready (exit code ${child.exitCode}). Its log:\n${this.log}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Ends it in order, and starts it again on the same address, with these settings besides its own. */
  async restart(settings: Record<string, string> = {}): Promise<void> {
    Object.assign(this.changes, settings);
    if (this.warm) {
      await this.warm.stop();
      await this.warm.start(Object.assign(this.reference.environment, settings), settings);
    } else {
      await this.stop();
      await this.run(settings);
    }
  }

  /** Sends SIGTERM, and returns how it ended. */
  stop(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  /** `kill -9`: no more code of the server runs. */
  kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** Stops the process where it stands, until the returned function is called. */
  freeze(): () => void {
    if (this.warm) throw new Error('createTestApp is for a server that is frozen');
    const { child } = this;
    child?.kill('SIGSTOP');
    return () => void child?.kill('SIGCONT');
  }

  /** Stops it for good and removes its folder, unless the folder was given to it. */
  async dispose(): Promise<void> {
    if (this.warm) {
      await this.warm.stop();
      if (this.ownDataDir) rmSync(this.ownDataDir, { recursive: true, force: true });
      return canaries.searchLog(this.log);
    }
    await this.stop();
    this.clean();
  }

  /** Waits until it ends by itself, and returns how. */
  async ended(): Promise<Exit> {
    if (this.child?.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return this.end('SIGTERM');
  }

  /** Sends the signal, and returns how it ended. */
  async end(signal: NodeJS.Signals): Promise<Exit> {
    if (this.warm) throw new Error('createTestApp is for a server that is stopped');
    const child = this.child;
    if (!child) return { code: null, signal: null, output: this.log };
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    rmSync(join(runDir(), 'pids', String(child.pid)), { force: true });
    this.child = null;
    return { code: child.exitCode, signal: child.signalCode, output: this.log };
  }

  private clean(): void {
    canaries.searchLog(this.log);
    rmSync(join(runDir(), 'pids', String(this.child?.pid)), { force: true });
    rmSync(this.reference.logFile, { force: true });
    if (this.ownDataDir) rmSync(this.ownDataDir, { recursive: true, force: true });
  }

  private spawn(): ChildProcess {
    const log = openSync(this.reference.logFile, 'a');
    const child = spawn(process.execPath, [MAIN], {
      env: this.reference.environment,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    if (child.pid) writeFileSync(join(runDir(), 'pids', String(child.pid)), '');
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

/** The ports that this spec file has tried, free or not. */
const drawn = new Set<number>();

/** A port that no other worker takes. */
export async function freePort(): Promise<number> {
  const { gatehousePorts: ports } = globalThis as unknown as { gatehousePorts: number[] };
  for (;;) {
    const port = ports[randomInt(ports.length)] ?? 0;
    if (drawn.has(port)) continue;
    drawn.add(port);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
