import { readdirSync, readFileSync } from 'node:fs';

const page = readFileSync('docs/chance.md', 'utf8');
const LINT = readFileSync('eslint.config.js', 'utf8');
const sectionOf = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
/** The rows of its table. */
const tableOf = (title: string) =>
  sectionOf(title)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n');
const filesIn = (text: string) =>
  [...text.matchAll(/`((?:src|test)\/[\w/.-]+\.ts)`/g)].map(([, file = '']) => file);

const ALL = ['src', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /^test\/.*\.ts$|spec\.ts$/.test(file)),
);
const having = (text: RegExp) => ALL.filter((file) => text.test(readFileSync(file, 'utf8'))).sort();

describe('docs/chance.md', () => {
  it('lists every file that reads a clock, and no other', () => {
    const readers = having(/^import .*\/clock\.js';$/m);
    expect(readers.length).toBeGreaterThan(20);
    expect(
      filesIn(tableOf('What reads a clock'))
        .filter((file) => file !== 'test/support/clock.ts')
        .sort(),
    ).toEqual(readers);
  });

  it('gives a reason for every exception from the rules of lint', () => {
    const [, list = ''] = /const EXCEPTIONS = \[(.*?)\];/s.exec(LINT) ?? [];
    const exceptions = [...list.matchAll(/'([^']+)'/g)].map(([, file = '']) => file);
    expect(exceptions.length).toBeGreaterThan(3);
    expect(filesIn(tableOf('What waits, or gives up')).sort()).toEqual(exceptions.sort());
  });

  it('lists every file that draws from few values', () => {
    const draws = having(/\brandomInt\(/);
    expect(draws.length).toBeGreaterThan(3);
    expect(filesIn(sectionOf('What is drawn'))).toEqual(expect.arrayContaining(draws));
  });

  it('names files that exist', () => {
    const missing = filesIn(page).filter((file) => !ALL.includes(file));
    expect(missing).toEqual([]);
  });
});
