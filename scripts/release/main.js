import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compareWithRelease } from '../documents/compare-with-release.js';
import { notesOf, releaseChangelog, versionsOf } from './changelog.js';
import { findVersionFault } from './version.js';

/*
 * `npm run release -- 0.2.0 [--date 2026-12-01]`: makes the unreleased part of the changelog that of this version, writes the
 * version wherever it stands, and records the documents that the next release is compared with. Commits nothing.
 * `npm run release -- --notes 0.2.0` prints what the changelog says of a version.
 */
const MANIFESTS = ['package.json', 'package-lock.json', 'clients/typescript/package.json'];
const [DOCUMENTS, RELEASED, CHANGELOG] = ['openapi', 'openapi/released', 'CHANGELOG.md'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { date: { type: 'string' }, notes: { type: 'string' } },
});
const changelog = readFileSync(CHANGELOG, 'utf8');
try {
  if (values.notes === undefined) release(positionals[0] ?? '', values.date ?? today());
  else print(notesOf(changelog, values.notes) ?? fail(`${CHANGELOG} has no version ${values.notes}`));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function release(version, date) {
  const { lines, unnamed } = compareWithRelease({
    ...{ released: RELEASED, documents: DOCUMENTS, changelog: CHANGELOG },
  });
  const breaks = lines.some((line) => line.startsWith('breaking'));
  const fault = findVersionFault(version, { last: versionsOf(changelog)[0], breaks });
  if (fault !== null) fail(fault);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) fail(`"${date}" is no date. Example: --date 2026-12-01`);
  if (unnamed > 0) fail(`${CHANGELOG} does not name ${unnamed} breaking changes: see npm run documents`);
  if (!notesOf(changelog)) fail(`${CHANGELOG} says nothing under "Unreleased"`);

  writeFileSync(CHANGELOG, releaseChangelog(changelog, version, date));
  for (const path of MANIFESTS) writeVersion(path, version);
  const { status } = spawnSync('npm', ['run', '--silent', 'openapi'], { stdio: 'inherit' });
  if (status !== 0) fail('The documents cannot be written');
  recordDocuments();
  print(`Version ${version}. Next: the steps of "Make a release" in CONTRIBUTING.md.`);
}

function writeVersion(path, version) {
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.version = version;
  if (manifest.packages) manifest.packages[''].version = version;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

function recordDocuments() {
  const documents = (folder) => readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const name of documents(RELEASED)) rmSync(`${RELEASED}/${name}`);
  for (const name of documents(DOCUMENTS)) cpSync(`${DOCUMENTS}/${name}`, `${RELEASED}/${name}`);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

function fail(message) {
  throw new Error(message);
}
