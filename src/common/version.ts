import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder } from './dist-folder.js';

/** As package.json, which stands beside the built server, has it; `unknown` where it does not. */
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
