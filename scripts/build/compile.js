import { build } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decorators } from './decorators.js';
import { packages } from './packages.js';

/** What is started, and what the suites and the benchmarks call. */
const PROGRAMS = [
  'main',
  'migrate',
  'openapi',
  'boot/open-database',
  'database/embedded/embedded-postgres',
  'modules/passwords/argon2-engine',
];
/** What stays a file each: migrations, which are found by their names, and the modules that a browser loads. */
const FOLDERS = { migrations: 'migrations', 'src/contracts/shared/docs/page': 'page' };

/** Packages in CommonJS expect `require`. */
const banner = {
  js: [
    `import { createRequire as gatehouseCreateRequire } from 'node:module';`,
    `const require = gatehouseCreateRequire(import.meta.url);`,
    `const __dirname = import.meta.dirname;`,
  ].join('\n'),
};
const CHUNKS = 'dist/chunks';
const NAME_HELPER = 'var __name = (target, value) => __defProp(target, "name", ';
const options = { platform: 'node', target: 'node20.19', format: 'esm', logLevel: 'warning' };

/** The server in a few files: a start that loads its 3,000 modules one by one takes nearly twice as long. */
export async function compile() {
  await Promise.all([bundlePrograms(), ...Object.entries(FOLDERS).map(compileFolder)]);
  nameOnlyTheRenamed();
}

/**
 * esbuild keeps names by defining the one of every function, also of those that a request makes anew; hardly any is
 * another than the function has already. Throws where esbuild writes its helper in another way.
 */
function nameOnlyTheRenamed() {
  const files = readdirSync(CHUNKS).map((name) => join(CHUNKS, name));
  const [file, ...others] = files.filter((name) => readFileSync(name, 'utf8').includes(NAME_HELPER));
  if (!file || others.length > 0) throw new Error('Where does esbuild define names?');
  const lazy = NAME_HELPER.replace('=>', '=> target.name === value ? target :');
  writeFileSync(file, readFileSync(file, 'utf8').replace(NAME_HELPER, lazy));
}

function bundlePrograms() {
  return build({
    ...options,
    entryPoints: PROGRAMS.map((name) => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Names of classes are names of schemas, tokens and errors
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    banner,
    plugins: [decorators, packages],
  });
}

function compileFolder([from, to]) {
  const names = readdirSync(from).filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'));
  return build({
    ...options,
    entryPoints: names.map((name) => join(from, name)),
    outdir: join('dist', to),
  });
}
