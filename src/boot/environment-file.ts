import { existsSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { NotUtf8, readTextFile } from '../common/text-file.js';

const FILE = '.env';
const BEFORE = new Set(Object.keys(process.env));

/*
 * `.env` in this folder supplies the variables that are not set. Programs import this before anything else;
 * `loadEnvironment` reports a file that cannot be read.
 */
export const ENVIRONMENT_PROBLEMS: readonly string[] = load();
/** The variables that `.env` supplied. */
export const FROM_FILE: ReadonlySet<string> = new Set(
  Object.keys(process.env).filter((name) => !BEFORE.has(name)),
);

function load(): string[] {
  try {
    if (!existsSync(FILE)) return [];
    for (const [name, value] of Object.entries(parseEnv(readTextFile(FILE)))) process.env[name] ??= value;
    return [];
  } catch (error) {
    if (error instanceof NotUtf8) return [`${FILE} must be a text in UTF-8. Example: save it again as UTF-8`];
    return [`${FILE} must be a readable file: ${(error as Error).message}`];
  }
}
