import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * `npm run build`: `dist` from `src` and `migrations`, unless it is already there; types are checked apart
 * (`npm run types`).
 */

/** Everything that decides how the result looks. */
const SOURCES = ['src', 'migrations', 'scripts/build.js', 'scripts/build', '.swcrc', 'package-lock.json'];
/** Of what `dist` was made from; written last, so that an interrupted build counts for nothing. */
const FINGERPRINT = 'dist/.fingerprint';

const fingerprint = fingerprintOf(SOURCES.flatMap(filesOf));
if (!isUpToDate()) {
  const { compile } = await import('./build/compile.js');
  await rm('dist', { recursive: true, force: true });
  await compile();
  await writeFile(FINGERPRINT, fingerprint);
}

function isUpToDate() {
  try {
    return readFileSync(FINGERPRINT, 'utf8') === fingerprint;
  } catch {
    return false;
  }
}

function fingerprintOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(path)).update('\n');
  return hash.digest('hex');
}

function filesOf(path) {
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}
