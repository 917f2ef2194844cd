import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GENERATORS } from './generators.js';

/*
 * `npm run test:clients -- [--only NAME]`: generates a client of every document with each generator, and compiles it
 * under `strict` and `exactOptionalPropertyTypes`. The generators are installed into a temporary folder.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, folder: { type: 'string' } } });
const chosen = GENERATORS.filter(({ name }) => values.only === undefined || name === values.only);
const documents = readdirSync('openapi').filter((name) => name.endsWith('.json'));
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));
/** Some print the client, which is more than the megabyte that is read by default. */
const OPTIONS = { cwd: folder, encoding: 'utf8', timeout: 600_000, maxBuffer: 1 << 28 };
const run = (program, args) => spawnSync(program, args, OPTIONS);

const COMPILER = [
  ...['--noEmit', '--skipLibCheck', '--experimentalDecorators', '--allowImportingTsExtensions'],
  ...['--target', 'es2022', '--lib', 'es2023,dom,dom.iterable'],
  ...['--module', 'esnext', '--moduleResolution', 'bundler', '--strict'],
];

install();
const failed = chosen.flatMap((generator) => documents.filter((document) => !compiles(generator, document)));
if (values.folder === undefined) rmSync(folder, { recursive: true });
const total = chosen.length * documents.length;
process.stdout.write(`${total - failed.length} of ${total} generated clients compile.\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

function install() {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const packages = [...new Set(['typescript@5', ...chosen.flatMap((generator) => generator.packages)])];
  // Their peers contradict each other; none of their install scripts is needed
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  const { status, stderr } = run('npm', ['install', ...flags, ...packages]);
  if (status !== 0) throw new Error(`The generators cannot be installed: ${stderr}`);
}

function compiles({ name, run: command, write = {}, printsTo, ownCode = false }, file) {
  // Relative, because not every generator takes an absolute path
  const place = join(name, file.replace(/\.json$/, ''));
  const out = join(folder, place);
  const document = resolve('openapi', file);
  mkdirSync(out, { recursive: true });
  for (const [path, lines] of Object.entries(write))
    writeFileSync(
      join(out, path),
      [...(typeof lines === 'function' ? lines(document) : lines), ''].join('\n'),
    );
  const [program, ...args] = command(document, place);
  const generated = run(join(folder, 'node_modules/.bin', program), args);
  if (printsTo) writeFileSync(join(out, printsTo), generated.stdout);
  if (generated.status !== 0) return report(name, file, generated.stderr + generated.stdout);
  const sources = readdirSync(out, { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(out, path));
  const exact = ownCode ? [] : ['--exactOptionalPropertyTypes'];
  const compiled = run(join(folder, 'node_modules/.bin/tsc'), [...COMPILER, ...exact, ...sources]);
  return report(name, file, sources.length > 0 ? compiled.stdout : 'No source was generated.');
}

function report(name, file, errors) {
  const isGood = errors === '';
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'}  ${name}  ${file}\n`);
  if (!isGood) process.stdout.write(`${errors.split('\n').slice(0, 8).join('\n')}\n`);
  return isGood;
}
