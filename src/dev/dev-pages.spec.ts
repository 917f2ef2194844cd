import { readdirSync, readFileSync } from 'node:fs';
import { DEV_PAGES } from './dev-pages.js';

const FOLDER = 'src/dev/browser';
const read = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8');
const FILES = readdirSync(FOLDER).filter((name) => !name.includes('.spec.'));
const PAGES = FILES.filter((name) => name.endsWith('.html'));
const SCRIPTS = FILES.filter((name) => name.endsWith('.ts'));

it('every page has an address', () => {
  expect(Object.values(DEV_PAGES).sort()).toEqual(PAGES);
});

describe.each(PAGES)('the page %s', (name) => {
  const page = read(name);

  it('contains no script and no style', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect([...page.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, inner]) => inner)).toEqual(['']);
  });

  it('runs its own script and no other', () => {
    const scripts = [...page.matchAll(/src="([^"]*)"/g)].map(([, source]) => source);
    expect(scripts).toEqual([
      expect.stringMatching(new RegExp(`^/?(dev/)?browser/${name.replace('.html', '.js')}$`)),
    ]);
    expect(SCRIPTS).toContain(name.replace('.html', '.ts'));
  });
});

describe.each(FILES)('the file %s', (name) => {
  it('needs nothing from anywhere else', () => {
    expect(read(name)).not.toMatch(/https?:|["'(]\/\/[a-z]|@import|url\(/i);
  });

  it('turns no text of a message or a response into markup', () => {
    expect(read(name)).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});
