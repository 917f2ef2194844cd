import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Account } from './account.js';
import { EmbeddedPostgresError, EmbeddedPostgresMissing } from './embedded-postgres.error.js';
import { copyPrograms } from './programs-copy.js';

/** PostgreSQL's own programs, tested as the user they will run as. */
export interface Programs {
  initdb: string;
  postgres: string;
  major: string;
}

/**
 * The programs that `embedded-postgres` installs for this platform. Its wrapper is not used: importing it ends the
 * process at SIGTERM before our own shutdown, and it supports neither a killed parent nor an inaccessible folder.
 */
export function findPrograms(account: Account | null, log: (line: string) => void): Programs {
  const native = locatePrograms();
  linkLibraries(native);
  const inPlace = probe(native, account);
  if ('programs' in inPlace) return inPlace.programs;
  if (!account) throw unusable(inPlace.fault);

  const copy = copyPrograms(native);
  log(`PostgreSQL runs from ${copy}: its user (${account.name}) cannot enter ${native}.`);
  const copied = probe(copy, account);
  if ('programs' in copied) return copied.programs;
  throw unusable(`${copied.fault} (delete ${copy} to have it copied anew)`);
}

/** The folder with PostgreSQL's `bin`, `lib` and `share`. */
export function locatePrograms(): string {
  let name = 'embedded-postgres';
  try {
    // The package for this platform is a dependency of that package, not ours, so it is resolved from there
    const wrapper = createRequire(import.meta.url).resolve(name);
    name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const entry = createRequire(wrapper).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new EmbeddedPostgresMissing(name, error);
  }
}

/**
 * Links the version names of the libraries. The package leaves that to an install script, which npm may not have run.
 */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Record<
    'source' | 'target',
    string
  >[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      return; // The folder is read-only; the probe detects whether the programs run without the links
    }
  }
}

function probe(native: string, account: Account | null): { programs: Programs } | { fault: string } {
  const postgres = join(native, 'bin', 'postgres');
  const identity = account ? { uid: account.uid, gid: account.gid } : {};
  const run = spawnSync(postgres, ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
    ...identity,
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1];
  if (run.status === 0 && major) {
    return { programs: { initdb: join(native, 'bin', 'initdb'), postgres, major } };
  }
  return { fault: `${postgres} does not run here: ${run.error?.message ?? run.stderr.trim()}` };
}

function unusable(fault: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot be used: ${fault}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
  );
}
