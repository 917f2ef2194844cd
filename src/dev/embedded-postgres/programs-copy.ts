import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/** Folders that every user may enter and only root may write to (or whose files only their owner may replace). */
const HOMES = ['/var/lib', tmpdir()];

/**
 * A copy of PostgreSQL's programs that another user can run, for root in a folder closed to others. It contains
 * programs only, never data: it can be deleted at any time, and all checkouts of one version share it.
 */
export function copyPrograms(native: string, homes = HOMES): string {
  const faults: string[] = [];
  for (const home of homes) {
    try {
      return copyInto(home, native);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and no other user can enter ${native}. Copying it elsewhere failed too ` +
      `(${faults.join('; ')}). Install into a folder that others can enter, or set DATABASE_URL.`,
  );
}

function copyInto(home: string, native: string): string {
  const copy = join(home, `gatehouse-postgresql-${versionOf(native)}-${process.arch}`);
  if (isOurs(copy)) return copy;

  const unfinished = mkdtempSync(`${copy}.unfinished-`);
  try {
    cpSync(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    openToOthers(unfinished);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!isOurs(copy)) throw error; // Ours: another start was faster
  }
  return copy;
}

/** Of PostgreSQL and of its package. */
export function versionOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** In a folder that everybody may write to, another user could have stored programs under this name. */
function isOurs(copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false });
  if (!found) return false;
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return true;
  throw new Error(`${copy} is not root's alone`);
}

function openToOthers(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}
