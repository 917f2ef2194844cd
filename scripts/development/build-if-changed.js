import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Builds, unless the last build by this script was of the same files and nobody has written to `dist` since: for the
 * commands that run one test file again and again.
 */
const STAMP = 'dist/.built';
const SETTINGS = ['.swcrc', 'nest-cli.json', 'package.json', 'package-lock.json', 'tsconfig.build.json'];
const NOT_BUILT = /spec\.ts$/;

const before = hashOfSources();
if (!isBuilt(before)) {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  // The files as they were when it began: a change meanwhile is built next time
  if (status === 0) writeFileSync(STAMP, before);
  process.exitCode = status ?? 1;
}

function isBuilt(sources) {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sources) return false;
  const { mtimeMs: builtAt } = statSync(STAMP);
  return filesBelow('dist').every((file) => statSync(file).mtimeMs <= builtAt);
}

function hashOfSources() {
  const sources = [...filesBelow('src'), ...filesBelow('migrations')].filter((file) => !NOT_BUILT.test(file));
  const hash = createHash('sha256');
  for (const file of [...SETTINGS, ...sources.sort()]) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
