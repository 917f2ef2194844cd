import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder } from './dist-folder.js';

/** The version in the package.json beside the built server; `unknown` if there is none. */
export function readVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(distFolder(), '..', 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
