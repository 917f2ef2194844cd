import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '../common/keyring.js';
import type { Config } from './config.js';

/**
 * The keyring of SECRET_KEY; in development, where none is set, of a key made once and kept in DATA_DIR (0600).
 * Two servers that start on one fresh folder agree: only one of them can create the file.
 */
export function loadKeyring(config: Config): Keyring {
  return new Keyring(config.SECRET_KEY ?? developmentKey(config.DATA_DIR), config.SECRET_KEY_PREVIOUS);
}

function developmentKey(dataDir: string): string {
  const file = join(dataDir, 'secret-key');
  if (!existsSync(file)) createKey(dataDir, file);
  return readFileSync(file, 'utf8').trim();
}

/** Whole or not at all: the file gets its name only once it holds the key. */
function createKey(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true });
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
