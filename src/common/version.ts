import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in the package.json beside the built server; `unknown` if there is none. */
export function readVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
