import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Break {
  name: string;
  lost: string;
  edits: { file: string; find: string; replace: string }[];
  tests: string[];
  attacks: string[];
}

/** Read in a process of its own: jest would have to transform the script. */
const BREAKS = JSON.parse(
  execFileSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { BREAKS } from '${pathToFileURL(resolve('scripts/mutants/breaks/index.js')).href}';
     process.stdout.write(JSON.stringify(BREAKS));`,
  ]).toString(),
) as Break[];

describe('the deliberate breaks', () => {
  it('are in the committed table, each with the test that detected it', () => {
    const rows = readFileSync('docs/mutants.md', 'utf8').split('\n');
    const listed = rows.flatMap((row) => /^\| `([a-z0-9-]+)`/.exec(row)?.[1] ?? []);
    expect(listed).toEqual(BREAKS.map(({ name }) => name));
    expect(rows.filter((row) => row.includes('**survived**'))).toEqual([]);
  });

  it('are at least 25, each with a name of its own', () => {
    expect(BREAKS.length).toBeGreaterThanOrEqual(25);
    expect(new Set(BREAKS.map(({ name }) => name)).size).toBe(BREAKS.length);
  });

  it.each(BREAKS.map((one) => [one.name, one] as const))('%s can still be applied', (_, { edits, tests }) => {
    const found = edits.map(({ file, find }) => [file, readFileSync(file, 'utf8').split(find).length - 1]);
    expect(found).toEqual(edits.map(({ file }) => [file, 1]));
    for (const { find, replace } of edits) expect(replace).not.toBe(find);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !existsSync(file))).toEqual([]);
  });
});
