import { execFileSync } from 'node:child_process';
import { closeSync, constants, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The parts we read of PostgreSQL's lock file, `postmaster.pid`. */
export interface PostmasterPid {
  pid: number;
  /** PostgreSQL's own word for its state; null until it has written one. */
  status: string | null;
}

/** Beyond what any kernel hands out. */
const NO_PROCESS = 2_147_483_647;

/** Null where there is no lock file, or one that is still being written. */
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
  // A server in single-user mode writes its process id negated.
  const pid = Math.abs(Number(lines[0]));
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() || null } : null;
}

/** Whether that process is a PostgreSQL at work in that cluster, and not another one that got its number. */
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
 * Makes a lock file name no process. PostgreSQL would refuse to start where the old number now belongs to another
 * process; without the file it would not look for survivors of the old server, which it finds by the rest of it.
 */
export function disownPostmasterPid(cluster: string): void {
  // The folder may belong to another user than we are: whatever a link there points to stays as it is.
  const file = openSync(join(cluster, 'postmaster.pid'), constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const text = readFileSync(file, 'utf8').replace(/^-?\d+/, String(NO_PROCESS));
    ftruncateSync(file);
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}

function isNamedInCommand(cluster: string, pid: number): boolean {
  const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes('postgres') && command.includes(cluster);
}
