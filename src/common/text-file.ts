import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** The file has another encoding, or an editor has replaced letters that it could not read. */
export class NotUtf8 extends Error {
  constructor() {
    super('it is no text in UTF-8. Save it again as UTF-8');
  }
}

/**
 * The text of a file that people write, without the byte order mark with which some editors begin it. Throws NotUtf8, or
 * the error of the system.
 */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  if (!isUtf8(bytes) || bytes.includes('\0') || bytes.includes('\uFFFD')) throw new NotUtf8();
  return bytes.toString().replace(/^\uFEFF/, '');
}
