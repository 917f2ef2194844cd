import { randomUUID } from 'node:crypto';
import { accessSync, constants, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../common/make-folder.js';
import { type Config, ConfigError, problemOf } from './config.js';
import { loadKeyring } from './load-keyring.js';
import { VARIABLES } from './variables.js';

type FolderVariable = 'DATA_DIR' | 'AUDIT_ARCHIVE_DIR';

/** Readable by nobody else, where a folder is missing and is made. */
const MODES: Partial<Record<FolderVariable, number>> = { AUDIT_ARCHIVE_DIR: 0o700 };

/**
 * Makes sure, before anything depends on it, that the folders of a program can be written: makes those that are missing,
 * with the folders above, and the key of development. Throws ConfigError, which names the variables.
 */
export function assertFolders(config: Config, { serves }: { serves: boolean }): void {
  const problems = foldersOf(config, serves).flatMap(([name, folder]) => problemWith(name, folder) ?? []);
  if (problems.length > 0) throw new ConfigError(problems);
  if (serves && config.SECRET_KEY === undefined) loadKeyring(config);
}

/** Makes the folder if it is missing, and writes to it. Throws the error of the system. */
function tryFolder(name: FolderVariable, folder: string): void {
  makeFolder(folder, MODES[name]);
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const file = join(folder, `.written-${randomUUID()}`);
  writeFileSync(file, 'x', { flag: 'wx' });
  rmSync(file);
}

/**
 * A server with a database and a key of its own needs no DATA_DIR: it counts only if it is set to something. Programs
 * beside the server read the key if they need it.
 */
function foldersOf(
  { DATA_DIR, DATABASE_URL, SECRET_KEY, AUDIT_ARCHIVE_DIR: archive }: Config,
  serves: boolean,
): [FolderVariable, string][] {
  const isNeeded = DATABASE_URL === undefined || (serves && SECRET_KEY === undefined);
  const isSet = serves && DATA_DIR !== DEFAULT_DATA_DIR;
  return [
    ...(isNeeded || isSet ? [['DATA_DIR', DATA_DIR] as [FolderVariable, string]] : []),
    ...(serves && archive !== undefined ? [['AUDIT_ARCHIVE_DIR', archive] as [FolderVariable, string]] : []),
  ];
}

const { default: DEFAULT_DATA_DIR } = VARIABLES.DATA_DIR as { default?: string };

function problemWith(name: FolderVariable, folder: string): string | null {
  try {
    tryFolder(name, folder);
    return null;
  } catch (error) {
    return problemOf(name, `must be a folder that can be read and written: ${(error as Error).message}`);
  }
}
