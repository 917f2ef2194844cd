import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.js';
import { accessTo } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';
import { disownPostmasterPid, isPostmasterOf, readPostmasterPid } from './postmaster-pid.js';
import type { Programs } from './programs.js';
import type { Watchdog } from './watchdog.js';

const POLL_MS = 20;
const STOP_LIMIT_MS = 60_000;
const START_RETRY_MS = 100;
const START_LIMIT_MS = 20_000;
/** Another process took the port in between, or statements of a killed server are still running. */
const PASSING_FAULTS = /Address already in use|pre-existing shared memory block/;

/** Loopback only, no socket file (socket paths are short), and no statements or parameter values in the log. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'cluster_name=gatehouse',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=log',
  'log_checkpoints=off',
  'log_autovacuum_min_duration=-1',
].flatMap((setting) => ['-c', setting]);

/** A running PostgreSQL server, a child of this process. */
export class Postmaster {
  private stopping: Promise<void> | null = null;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts it on a free port and waits until it accepts connections, recovery included. */
  static async start(
    layout: Layout,
    programs: Programs,
    account: Account | null,
    watchdog: Watchdog,
    settings: string[] = [],
  ): Promise<Postmaster> {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      const port = await findFreePort();
      const child = spawnPostmaster(layout, programs, account, ['-p', String(port), ...settings]);
      watchdog.guard(child.pid);
      const fault = await untilReady(layout.cluster, child);
      if (fault === null) return new Postmaster(child, port);

      const report = readTail(layout.log);
      if (Date.now() > deadline || !PASSING_FAULTS.test(report)) throw didNotStart(layout, fault, report);
      await delay(START_RETRY_MS);
    }
  }

  onUnexpectedExit(listener: () => void): void {
    this.child.once('exit', () => {
      if (!this.stopping) listener();
    });
  }

  /**
   * PostgreSQL's fast shutdown: open transactions roll back, and everything committed is on disk. Resolves when it has
   * exited.
   */
  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  private async shutDown(): Promise<void> {
    this.child.kill('SIGINT');
    await untilGone(this.child.pid as number, () => !hasExited(this.child));
  }
}

/**
 * Stops the server that a killed Gatehouse left in this cluster. The caller must hold the lock of the data directory.
 */
export async function stopOrphan(cluster: string, log: (line: string) => void): Promise<void> {
  const pid = readPostmasterPid(cluster)?.pid;
  if (!pid) return;
  if (!isPostmasterOf(cluster, pid)) return disownPostmasterPid(cluster);

  log(`A killed server left its PostgreSQL running (process ${pid}); shutting that down first.`);
  interrupt(pid);
  await untilGone(pid, () => isPostmasterOf(cluster, pid));
}

/** The watchdog of the killed server may have ended it a moment ago. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * In a process group of its own: Ctrl-C in a terminal signals a whole group, and PostgreSQL must outlive this process.
 */
function spawnPostmaster(
  layout: Layout,
  programs: Programs,
  account: Account | null,
  settings: string[],
): ChildProcess {
  const { directory, options } = accessTo(layout.cluster, account);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;
  const log = openSync(layout.log, flags, 0o600);
  const child = spawn(programs.postgres, ['-D', directory, ...SETTINGS, ...settings], {
    ...options,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return child;
}

/** Returns null when it accepts connections, otherwise how it ended. */
async function untilReady(cluster: string, child: ChildProcess): Promise<string | null> {
  let failure: Error | null = null;
  child.once('error', (error) => (failure = error));
  for (;;) {
    await delay(POLL_MS);
    if (failure) return (failure as Error).message;
    if (hasExited(child)) return `it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`;
    const lockFile = readPostmasterPid(cluster);
    if (lockFile?.pid === child.pid && lockFile?.status === 'ready') return null;
  }
}

/** Never SIGKILL: the killed server's child processes would continue to write to the cluster. */
async function untilGone(pid: number, isRunning: () => boolean): Promise<void> {
  // Counts polls, not time: while the machine was suspended, PostgreSQL could not stop either
  for (let looks = STOP_LIMIT_MS / POLL_MS; isRunning(); looks -= 1) {
    if (looks <= 0) {
      throw new EmbeddedPostgresError(
        `PostgreSQL (process ${pid}) did not shut down within ${STOP_LIMIT_MS / 1000} s. It is still at work; ` +
          'start again when it is gone.',
      );
    }
    await delay(POLL_MS);
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function readTail(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

function didNotStart(layout: Layout, fault: string, report: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${layout.cluster} did not start: ${fault}. The end of ${layout.log}:\n${report}`,
  );
}
