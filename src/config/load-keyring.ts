import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '../common/keyring.js';
import { makeFolder } from '../common/make-folder.js';
import { type Config, ConfigError, problemOf } from './config.js';

/**
 * The keyring of SECRET_KEY. In development without SECRET_KEY, a key is created once and kept in DATA_DIR (mode 0600).
 * Two servers that start on one new folder use the same key: only one of them can create the file. Throws ConfigError if
 * the key cannot be made or read.
 */
export function loadKeyring(config: Config): Keyring {
  const { SECRET_KEY_NEXT: next, SECRET_KEY_PREVIOUS: previous } = config;
  return new Keyring(config.SECRET_KEY ?? developmentKey(config.DATA_DIR), next, previous);
}

function developmentKey(dataDir: string): string {
  const file = join(dataDir, 'secret-key');
  const key = readKey(dataDir, file);
  if (Buffer.from(key, 'base64').length === 32) return key;
  throw unusable(`${file} is not 32 bytes in base64: restore it, or delete it with the database`);
}

function readKey(dataDir: string, file: string): string {
  try {
    if (!existsSync(file)) createKey(dataDir, file);
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unusable((error as Error).message);
  }
}

const unusable = (fault: string) =>
  new ConfigError([
    problemOf('DATA_DIR', `must have the key of development, unless SECRET_KEY is set: ${fault}`),
  ]);

/** Atomic: the file gets its final name only after the key is written. */
function createKey(dataDir: string, file: string): void {
  makeFolder(dataDir);
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
