import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

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
    // Editors of some systems begin a text with a mark, which would belong to the name of the first variable
    const text = readFileSync(FILE, 'utf8').replace(/^\uFEFF/, '');
    if (text.includes('\0') || text.includes('\uFFFD'))
      return [`${FILE} must be a text in UTF-8. Example: save it again as UTF-8`];
    for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
    return [];
  } catch (error) {
    return [`${FILE} must be a readable file: ${(error as Error).message}`];
  }
}
