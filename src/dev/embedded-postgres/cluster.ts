import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import type { Account } from './account.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';
import type { Programs } from './programs.js';

/** How PostgreSQL's two programs are started. */
export interface ClusterAccess {
  /** The value of `-D`. */
  directory: string;
  options: { cwd: string; uid?: number; gid?: number; env: NodeJS.ProcessEnv };
}

/** The superuser, used in this folder only; the application's own role is an ordinary one. */
export const SUPERUSER = 'postgres';

/**
 * Lets a user work in a cluster below a folder that it cannot enter: the child's working directory is set while it is
 * still root, and Linux lets every process name its own working directory.
 */
export function accessTo(cluster: string, account: Account | null): ClusterAccess {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  if (!account) return { directory: cluster, options: { cwd: cluster, env } };
  const directory = process.platform === 'linux' ? '/proc/self/cwd' : cluster;
  return { directory, options: { cwd: cluster, uid: account.uid, gid: account.gid, env } };
}

/**
 * Creates the cluster if there is none, and returns the password of its roles. A new cluster is created under another
 * name and renamed when it is complete: an interrupted one is never used, and a complete one is never overwritten. The
 * caller must hold the lock of the data directory.
 */
export async function ensureCluster(
  layout: Layout,
  programs: Programs,
  account: Account | null,
): Promise<string> {
  removeUnfinished(layout);
  if (isEmpty(layout.cluster)) return createCluster(layout, programs, account);

  checkVersion(layout, programs);
  return readPassword(layout);
}

function removeUnfinished(layout: Layout): void {
  for (const name of fs.readdirSync(layout.dataDir)) {
    if (!name.startsWith(basename(layout.unfinished))) continue;
    try {
      fs.rmSync(join(layout.dataDir, name), { recursive: true, force: true });
    } catch (error) {
      // The initdb of a killed server may still be writing there; a later start removes it
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

async function createCluster(layout: Layout, programs: Programs, account: Account | null): Promise<string> {
  const password = createPassword(layout);
  const unfinished = fs.mkdtempSync(layout.unfinished);
  if (account) fs.chownSync(unfinished, account.uid, account.gid);
  await initdb(unfinished, programs, account, password);
  fs.renameSync(unfinished, layout.cluster);
  syncDirectory(layout.dataDir);
  return password;
}

/** The built-in C.UTF-8 locale needs no installation and sorts the same on every machine. */
async function initdb(directory: string, programs: Programs, account: Account | null, password: string) {
  const access = accessTo(directory, account);
  const passwordFile = openPasswordFile(directory, account, password);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const roles = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', '--pwfile=/dev/fd/3'];
  const child = spawn(programs.initdb, ['-D', access.directory, ...roles, ...locale], {
    ...access.options,
    stdio: ['ignore', 'ignore', 'pipe', passwordFile],
  });
  fs.closeSync(passwordFile);
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(output.trim() || `exit code ${code}`)),
    );
  }).catch((error: Error) => {
    fs.rmSync(directory, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      `PostgreSQL's initdb could not make the database: ${error.message}`,
      error,
    );
  });
}

/** An open file without a name: the other user's process inherits it, and no file remains. */
function openPasswordFile(directory: string, account: Account | null, password: string): number {
  const path = `${directory}.password`;
  const file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL, 0o600);
  fs.unlinkSync(path);
  fs.writeSync(file, `${password}\n`, 0);
  if (account) fs.fchownSync(file, account.uid, account.gid);
  return file;
}

function isEmpty(directory: string): boolean {
  return !fs.existsSync(directory) || fs.readdirSync(directory).length === 0;
}

function checkVersion(layout: Layout, programs: Programs): void {
  const file = join(layout.cluster, 'PG_VERSION');
  const found = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null;
  if (found === programs.major) return;
  throw new EmbeddedPostgresError(
    found
      ? `The embedded database in ${layout.cluster} was made by PostgreSQL ${found}, and this is PostgreSQL ` +
          `${programs.major}. Dump it with version ${found} and restore it, or choose another DATA_DIR or DATABASE_URL.`
      : `${layout.cluster} is in the place of the embedded database and is not one (it has no PG_VERSION). ` +
          'Move it away, or choose another DATA_DIR or DATABASE_URL.',
  );
}

function createPassword(layout: Layout): string {
  const password = randomBytes(24).toString('base64url');
  const unfinished = `${layout.unfinished}password`;
  const file = fs.openSync(unfinished, 'wx', 0o600);
  fs.writeSync(file, password);
  fs.fsyncSync(file);
  fs.closeSync(file);
  fs.renameSync(unfinished, layout.password);
  return password;
}

/** The password of both database roles. Throws EmbeddedPostgresError if it cannot be read. */
export function readPassword(layout: Layout): string {
  try {
    fs.chmodSync(layout.password, 0o600);
    return fs.readFileSync(layout.password, 'utf8').trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password of the embedded database cannot be read from ${layout.password}. Restore that file, or move ` +
        `${layout.cluster} away to begin with an empty database.`,
      error,
    );
  }
}

function syncDirectory(directory: string): void {
  const handle = fs.openSync(directory, 'r');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}
