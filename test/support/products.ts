import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SHIPPED = 'products';
const EXAMPLE = join(SHIPPED, 'examples/clinic.json');

/** A folder with the shipped products and the fourth one of the examples, to which `files` are added. */
export function createProductsFolder(files: Record<string, unknown> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-products-'));
  for (const name of ['primary', 'katixo', 'datixlab'])
    cpSync(join(SHIPPED, `${name}.json`), join(folder, `${name}.json`));
  cpSync(EXAMPLE, join(folder, 'clinic.json'));
  for (const [path, content] of Object.entries(files)) write(join(folder, path), content);
  return folder;
}

export function removeProductsFolder(folder: string): void {
  rmSync(folder, { recursive: true });
}

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const isWritten = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(path, isWritten ? content : JSON.stringify(content));
}
