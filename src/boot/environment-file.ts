import { existsSync } from 'node:fs';

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
    if (existsSync('.env')) process.loadEnvFile('.env');
    return [];
  } catch (error) {
    return [`.env must be a readable file: ${(error as Error).message}`];
  }
}
