import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GENERATORS } from './generators.js';

/*
 * `npm run test:clients -- [--only NAME,NAME] [--documents primary,katixo]`: generates a client of every document with each
 * generator, and compiles it under `strict` and `exactOptionalPropertyTypes`. The generators are installed into a
 * temporary folder.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, documents: { type: 'string' }, folder: { type: 'string' } },
});
const isChosen = (list, name) => list === undefined || list.split(',').includes(name);
const chosen = GENERATORS.filter(({ name }) => isChosen(values.only, name));
const documents = readdirSync('openapi').filter(
  (file) => file.endsWith('.json') && isChosen(values.documents, file.replace('.json', '')),
);
if (chosen.length === 0 || documents.length === 0) throw new Error('There is no such generator or document');
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));
/** Some print the client, which is more than the megabyte that is read by default. */
const OPTIONS = { cwd: folder, encoding: 'utf8', timeout: 600_000, maxBuffer: 1 << 28 };

const COMPILER = [
  ...['--noEmit', '--skipLibCheck', '--experimentalDecorators', '--allowImportingTsExtensions'],
  ...['--target', 'es2022', '--lib', 'es2023,dom,dom.iterable'],
  ...['--module', 'esnext', '--moduleResolution', 'bundler', '--strict', '--pretty', 'false'],
];

await install();
const waiting = chosen.flatMap((generator) => documents.map((document) => [generator, document]));
const total = waiting.length;
let failed = 0;
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (values.folder === undefined) rmSync(folder, { recursive: true });
process.stdout.write(`${total - failed} of ${total} generated clients compile.\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) if (!(await compiles(...next))) failed += 1;
}

/** Never rejects: `status` is that of the program, or null where it was ended. */
function run(program, args) {
  return new Promise((done) => {
    const child = execFile(program, args, OPTIONS, (_, stdout, stderr) =>
      done({ status: child.exitCode, stdout, stderr }),
    );
  });
}

async function install() {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const packages = [...new Set(['typescript@5', ...chosen.flatMap((generator) => generator.packages)])];
  // Their peers contradict each other; none of their install scripts is needed
  const flags = [
    '--legacy-peer-deps',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--silent',
  ];
  const { status, stderr } = await run('npm', ['install', ...flags, ...packages]);
  if (status !== 0) throw new Error(`The generators cannot be installed: ${stderr}`);
}

async function compiles({ name, run: command, write = {}, printsTo, ownCode = null }, file) {
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
  const generated = await run(join(folder, 'node_modules/.bin', program), args);
  if (printsTo) writeFileSync(join(out, printsTo), generated.stdout);
  if (generated.status !== 0) return report(name, file, generated.stderr + generated.stdout);
  const sources = readdirSync(out, { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(out, path));
  if (sources.length === 0) return report(name, file, 'No source was generated.');
  const compile = async (...flags) =>
    (await run(join(folder, 'node_modules/.bin/tsc'), [...COMPILER, ...flags, ...sources])).stdout;
  const errors = await compile('--exactOptionalPropertyTypes');
  if (errors === '' || ownCode === null) return report(name, file, errors);
  return report(name, file, errorsElsewhere(errors, ownCode, place) || (await compile()));
}

/** What of the errors is not in the generator's own code. Each begins with `path(line,column)`, and may go on for lines. */
function errorsElsewhere(errors, { files, lines }, place) {
  const isElsewhere = (error) => {
    const [, path = '', line = '1'] = /^(.+?)\((\d+),\d+\)/.exec(error) ?? [];
    const text = () => readFileSync(join(folder, path), 'utf8').split('\n')[Number(line) - 1];
    return path === '' || !(files?.test(relative(place, path)) || lines?.test(text()));
  };
  const each = errors.trim().split(/\n(?=\S)/);
  return each.filter(isElsewhere).join('\n');
}

function report(name, file, errors) {
  const isGood = errors === '';
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'}  ${name}  ${file}\n`);
  if (!isGood) process.stdout.write(`${errors.split('\n').slice(0, 8).join('\n')}\n`);
  return isGood;
}
