import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const LOADER = pathToFileURL(resolve('scripts/build/load-programs.js')).href;

/** In a process like a server's: what V8 accepts depends on how it was started. */
async function load(file: string): Promise<unknown> {
  const text = `
    const { loadPrograms } = await import('${LOADER}');
    const { script, ...programs } = loadPrograms('${file}');
    console.log(JSON.stringify({ rejected: script.cachedDataRejected, programs: Object.keys(programs) }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text]);
  return JSON.parse(stdout);
}

describe('the built programs', () => {
  it('are compiled from the code cache that was built with them', async () => {
    const loaded = await load(resolve('dist/programs.cjs'));
    expect(loaded).toEqual({ rejected: false, programs: ['runProgram', 'warmUp'] });
  });

  it.each([
    ['without a cache', null],
    ['beside a cache of something else', 'no cache at all'],
  ])('load %s, too', async (_case, cache) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-programs-'));
    try {
      const file = join(folder, 'programs.cjs');
      writeFileSync(file, 'exports.answer = 42;');
      if (cache !== null) writeFileSync(`${file}.cache`, cache);
      expect(await load(file)).toMatchObject({ programs: ['answer'] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('the list of migrations holds every one of its folder', () => {
  const files = readdirSync('migrations').filter((name) => name !== 'index.ts');
  const lines = readFileSync('migrations/index.ts', 'utf8').split('\n');
  const listed = lines.flatMap((line) => /from '\.\/(.+)\.js';$/.exec(line)?.[1] ?? []);
  expect(listed.map((name) => `${name}.ts`)).toEqual(files.sort());
});
