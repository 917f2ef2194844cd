import { execFileSync } from 'node:child_process';
import { closeSync, constants, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The parts that we read of PostgreSQL's lock file, `postmaster.pid`. */
export interface PostmasterPid {
  pid: number;
  /** Where it listens; null until PostgreSQL has written that. */
  port: number | null;
  /** The state that PostgreSQL reports; null until it has written one. */
  status: string | null;
}

/** Larger than any process id that a kernel assigns. */
const NO_PROCESS = 2_147_483_647;

/** Null if there is no lock file, or if it is incomplete. */
export function readPostmasterPid(cluster: string): PostmasterPid | null {
  try {
    return parsePostmasterPid(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function parsePostmasterPid(text: string): PostmasterPid | null {
  const lines = text.split('\n');
  // In single-user mode, PostgreSQL writes its process id negated
  const pid = Math.abs(Number(lines[0]));
  return Number.isInteger(pid) && pid > 0
    ? { pid, port: Number(lines[3]) || null, status: lines[7]?.trim() || null }
    : null;
}

/** True if the process is a PostgreSQL in that cluster, and not another process that reuses its id. */
export function isPostmasterOf(cluster: string, pid: number): boolean {
  try {
    if (process.platform !== 'linux') return isNamedInCommand(cluster, pid);
    const own = statSync(cluster, { bigint: true });
    const theirs = statSync(`/proc/${pid}/cwd`, { bigint: true });
    const program = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return program === 'postgres' && own.dev === theirs.dev && own.ino === theirs.ino;
  } catch {
    return false;
  }
}

/**
 * Replaces the process id in the lock file by one that cannot exist. With the old id, PostgreSQL would not start if
 * another process now has it. Without the file, it would not look for remaining processes of the old server, which it
 * finds by the other lines. Does nothing if PostgreSQL has removed the file meanwhile.
 */
export function disownPostmasterPid(cluster: string): void {
  const file = openPostmasterPid(cluster);
  if (file === null) return;
  try {
    const text = readFileSync(file, 'utf8').replace(/^-?\d+/, String(NO_PROCESS));
    ftruncateSync(file);
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}

function openPostmasterPid(cluster: string): number | null {
  try {
    // The folder may belong to another user: a link in it must not be followed
    return openSync(join(cluster, 'postmaster.pid'), constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isNamedInCommand(cluster: string, pid: number): boolean {
  const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes('postgres') && command.includes(cluster);
}
