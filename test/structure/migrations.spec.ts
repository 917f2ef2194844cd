import { readdirSync, readFileSync } from 'node:fs';

it('the list of migrations contains every file of its folder', () => {
  const files = readdirSync('migrations').filter((name) => name !== 'index.ts');
  const lines = readFileSync('migrations/index.ts', 'utf8').split('\n');
  const listed = lines.flatMap((line) => /from '\.\/(.+)\.js';$/.exec(line)?.[1] ?? []);
  expect(listed.map((name) => `${name}.ts`)).toEqual(files.sort());
});

it('the name of each ends with thirteen digits, the only ones that TypeORM orders them by', async () => {
  const names = Object.keys(await import('#migrations'));
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !/\D\d{13}$/.test(name))).toEqual([]);
});
