import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';

/** `sun_path` of unix(7): every version of Node treats a name of the full length the same. */
const SOCKET_NAME_LENGTH = 108;
/** `O_EXLOCK` of open(2) on macOS: opens the file locked, or fails. Node defines no constant for it. */
const O_EXLOCK = 0x20;

/** Marks the data directory as in use, for other servers on this machine. */
export interface DataDirLock {
  release(): void;
}

/**
 * Locks the data directory, or throws with the process id of the owner. The kernel releases the lock when its holder
 * exits for any reason, so there is no stale lock, and a reused process id causes no error. The lock does not extend to
 * other machines, nor to a container with a network of its own.
 */
export async function lockDataDir(layout: Layout): Promise<DataDirLock> {
  return process.platform === 'linux' ? lockBySocket(layout) : lockByFile(layout);
}

/** An abstract socket (unix(7)), named after the directory itself, since several paths may lead to it. */
async function lockBySocket(layout: Layout): Promise<DataDirLock> {
  const { dev, ino } = statSync(layout.dataDir, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`\0gatehouse-${dev}-${ino}`.padEnd(SOCKET_NAME_LENGTH, '.'), resolve);
  }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? inUse(layout, error) : error;
  });
  server.unref();
  try {
    writeFileSync(layout.owner, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    server.close();
    throw error;
  }
  return { release: () => server.close() };
}

function lockByFile(layout: Layout): DataDirLock {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  try {
    const file = openSync(layout.owner, flags, 0o600);
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n`);
    return { release: () => closeSync(file) };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EAGAIN' ? inUse(layout, error) : error;
  }
}

function inUse(layout: Layout, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded database in ${layout.dataDir} is in use by process ${ownerOf(layout)}. Stop that one first, ` +
      'or give this one its own folder (DATA_DIR) or another database (DATABASE_URL).',
    cause,
  );
}

function ownerOf(layout: Layout): string {
  try {
    return readFileSync(layout.owner, 'utf8').trim() || '(unknown)';
  } catch {
    return '(unknown)';
  }
}
