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

/** `sun_path` of unix(7): a name of the full length means the same to every version of Node. */
const SOCKET_NAME_LENGTH = 108;
/** `O_EXLOCK` of open(2) on macOS: the file opens locked, or not at all. Node has no name for it. */
const O_EXLOCK = 0x20;

/** Says to other servers on this machine that the data directory is taken. */
export interface DataDirLock {
  release(): void;
}

/**
 * Takes the data directory, or throws naming the process that has it. The kernel drops the lock when its holder
 * dies, however it dies: there is no stale lock, and a process id used again fools nobody. It does not reach
 * across machines, nor into a container with a network of its own.
 */
export async function lockDataDir(layout: Layout): Promise<DataDirLock> {
  return process.platform === 'linux' ? lockBySocket(layout) : lockByFile(layout);
}

/** An abstract socket (unix(7)), named after the directory itself and not after one of the paths to it. */
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
