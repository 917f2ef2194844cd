import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above, if it is missing. Throws the error of the system. `recursive` of Node is no way: below a
 * folder that refuses with ENOENT, such as `/proc`, it tries for ever.
 */
export function makeFolder(folder: string, mode?: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another program has made it meanwhile
    if (!existsSync(folder)) throw error;
  }
}
