import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As package.json has it, beside the folder of the sources and of the build; `unknown` where it is not there. */
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
