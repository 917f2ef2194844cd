import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Compiles `src` to `dist` and `migrations` to `dist/migrations`; types are checked apart (`npm run types`). */
const SOURCES = [
  ['src', 'dist'],
  ['migrations', 'dist/migrations'],
];
/** What else decides how the result looks. */
const TOOLS = ['scripts/build.js', '.swcrc', 'package-lock.json'];
/** Of the sources that `dist` was made from; written last, so that an interrupted build counts for nothing. */
const FINGERPRINT = 'dist/.fingerprint';

const files = (await Promise.all(SOURCES.map(([from, to]) => listFolder(from, to)))).flat();
const fingerprint = fingerprintOf([...TOOLS, ...files.map(({ source }) => source)]);
if (!isUpToDate()) {
  const { transformFile } = await import('@swc/core');
  await rm('dist', { recursive: true, force: true });
  await Promise.all(files.map((file) => compile(file, transformFile)));
  await writeFile(FINGERPRINT, fingerprint);
}

async function listFolder(from, to) {
  const names = await readdir(from, { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
    .sort()
    .map((name) => ({ source: join(from, name), target: join(to, name.replace(/\.ts$/, '.js')) }));
}

function fingerprintOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(path)).update('\n');
  return hash.digest('hex');
}

function isUpToDate() {
  try {
    return readFileSync(FINGERPRINT, 'utf8') === fingerprint;
  } catch {
    return false;
  }
}

async function compile({ source, target }, transformFile) {
  const { code, map } = await transformFile(source, { sourceFileName: relative(dirname(target), source) });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  await writeFile(`${target}.map`, map ?? '');
}
