import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Compiles `src` to `dist` and `migrations` to `dist/migrations`; types are checked apart (`npm run types`). */
const SOURCES = [
  ['src', 'dist'],
  ['migrations', 'dist/migrations'],
];

await rm('dist', { recursive: true, force: true });
await Promise.all(SOURCES.map(([from, to]) => compileFolder(from, to)));

async function compileFolder(from, to) {
  const files = await readdir(from, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'));
  await Promise.all(sources.map((file) => compile(join(from, file), join(to, file.replace(/\.ts$/, '.js')))));
}

async function compile(source, target) {
  const { code, map } = await transformFile(source, { sourceFileName: relative(dirname(target), source) });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  await writeFile(`${target}.map`, map ?? '');
}
