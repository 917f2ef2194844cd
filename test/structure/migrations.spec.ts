import { readdirSync, readFileSync } from 'node:fs';

it('the list of migrations contains every file of its folder', () => {
  const files = readdirSync('migrations').filter((name) => name !== 'index.ts');
  const lines = readFileSync('migrations/index.ts', 'utf8').split('\n');
  const listed = lines.flatMap((line) => /from '\.\/(.+)\.js';$/.exec(line)?.[1] ?? []);
  expect(listed.map((name) => `${name}.ts`)).toEqual(files.sort());
});
