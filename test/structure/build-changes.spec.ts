import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPT = resolve('scripts/development/build-if-changed.js');
/** Counts its runs, writes one file, and fails where a source says so. */
const BUILD = `
  const fs = require('node:fs');
  fs.rmSync('dist', { recursive: true, force: true });
  fs.appendFileSync('builds', 'x');
  if (fs.readFileSync('src/main.ts', 'utf8').includes('broken')) process.exit(3);
  fs.mkdirSync('dist');
  fs.writeFileSync('dist/main.js', '');
`;

describe('npm run build:changes', () => {
  const project = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
  const write = (file: string, text: string) => writeFileSync(join(project, file), text);
  const builds = () => readFileSync(join(project, 'builds'), 'utf8').length;
  const run = () => spawnSync(process.execPath, [SCRIPT], { cwd: project }).status;

  beforeAll(() => {
    for (const folder of ['src', 'migrations']) mkdirSync(join(project, folder));
    for (const file of ['.swcrc', 'nest-cli.json', 'package-lock.json', 'tsconfig.build.json'])
      write(file, '{}');
    write('package.json', JSON.stringify({ scripts: { build: 'node build.cjs' } }));
    write('build.cjs', BUILD);
    for (const file of ['src/main.ts', 'src/other.ts', 'src/main.spec.ts', 'migrations/1.ts'])
      write(file, '');
    run();
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it.each<[string, () => void]>([
    ['nothing has changed', () => undefined],
    ['a test has', () => write('src/main.spec.ts', '// more')],
    [
      'a source is written as it was',
      () => write('src/main.ts', readFileSync(join(project, 'src/main.ts'), 'utf8')),
    ],
  ])('builds nothing where %s', (_what, change) => {
    const before = builds();
    change();
    expect(run()).toBe(0);
    expect(builds()).toBe(before);
  });

  it.each<[string, () => void]>([
    ['a source has changed', () => write('src/main.ts', 'export {};')],
    ['a migration is new', () => write('migrations/2.ts', '')],
    ['a source is gone', () => rmSync(join(project, 'src/other.ts'))],
    ['a setting has changed', () => write('.swcrc', '{ }')],
    ['the build is gone', () => rmSync(join(project, 'dist'), { recursive: true })],
    [
      'something else has written to the build since',
      () => utimesSync(join(project, 'dist/main.js'), 2e9, 2e9),
    ],
  ])('builds once where %s', (_what, change) => {
    const before = builds();
    change();
    expect([run(), run()]).toEqual([0, 0]);
    expect(builds()).toBe(before + 1);
  });

  it('fails as the build does, and builds again', () => {
    write('src/main.ts', 'broken');
    const before = builds();
    expect([run(), run()]).toEqual([3, 3]);
    expect(builds()).toBe(before + 2);
    write('src/main.ts', '');
    expect(run()).toBe(0);
  });
});
