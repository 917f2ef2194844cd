import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decorators } from './decorators.js';
import { packages } from './packages.js';

/** Of `src/programs.ts`, each with a file of its own to start it. */
const PROGRAMS = ['main', 'migrate', 'openapi', 'signing-keys'];
/** What the suites and the benchmarks call. */
const PARTS = [
  'boot/open-database',
  'database/embedded/embedded-postgres',
  'modules/passwords/argon2-engine',
];
/** Modules that a browser loads: a file each. */
const PAGE = 'src/contracts/shared/docs/page';

const NAME_HELPER = 'var __name = (target, value) => __defProp(target, "name", ';
const options = { platform: 'node', target: 'node20.19', logLevel: 'warning' };

/** The server as one file: a start that loads its 3,000 modules one by one takes three times as long. */
export async function compile() {
  await Promise.all([
    bundle('programs', 'dist/programs.cjs'),
    ...PARTS.map((part) => bundle(part, `dist/${part}.cjs`)),
    compilePage(),
  ]);
  for (const name of PROGRAMS) await copyFile('scripts/build/program.js', `dist/${name}.js`);
  await copyFile('scripts/build/load-programs.js', 'dist/load-programs.js');
  await promisify(execFile)(process.execPath, ['scripts/build/write-code-cache.js']);
}

async function bundle(entry, outfile) {
  await build({
    ...options,
    entryPoints: [`src/${entry}.ts`],
    outfile,
    format: 'cjs',
    bundle: true,
    // Names of classes are names of schemas, tokens and errors
    keepNames: true,
    // Code from a cache cannot call import()
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': 'moduleUrl',
      // As newer releases of Node say it: where nobody does, pg loads all of fetch to find out
      navigator: '{"userAgent":"Node.js/20"}',
    },
    banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [decorators, packages],
  });
  await writeFile(outfile, inAscii(nameOnlyTheRenamed(await readFile(outfile, 'utf8'))));
}

/** A text of one byte a character is read, compared and compiled in half the time. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * esbuild keeps names by defining the one of every function, also of those that a request makes anew; hardly any is
 * another than the function has already. Throws where esbuild writes its helper in another way.
 */
function nameOnlyTheRenamed(code) {
  const [before, after, ...others] = code.split(NAME_HELPER);
  if (after === undefined || others.length > 0) throw new Error('Where does esbuild define names?');
  const lazy = NAME_HELPER.replace('=>', '=> target.name === value ? target :');
  return [before, after].join(lazy);
}

async function compilePage() {
  const names = (await readdir(PAGE)).filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'));
  await build({
    ...options,
    format: 'esm',
    entryPoints: names.map((name) => join(PAGE, name)),
    outdir: 'dist/page',
  });
}
