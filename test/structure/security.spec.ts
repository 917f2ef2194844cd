import { existsSync, readFileSync } from 'node:fs';

const [REQUIRED = '', DEVIATIONS = ''] = readFileSync('docs/security.md', 'utf8').split('## Deviations');
/** One item for each requirement, with its lines joined. */
const ITEMS = REQUIRED.split(/\n(?=- )|\n\n/)
  .filter((item) => item.startsWith('- **'))
  .map((item) => item.replace(/\s+/g, ' '));
const idOf = (item: string) => /^- \*\*([^*]+)\*\*/.exec(item)?.[1] ?? '';

describe('docs/security.md', () => {
  it('lists each of the 76 requirements once, in order', () => {
    expect(ITEMS.map(idOf).filter((id) => id.startsWith('R-'))).toEqual(
      Array.from({ length: 76 }, (_, n) => `R-${String(n + 1).padStart(2, '0')}`),
    );
  });

  it.each(ITEMS.map((item) => [idOf(item), item]))('%s names code and tests that exist', (id, item) => {
    if (item.includes('does not hold yet')) {
      expect(DEVIATIONS).toContain(`**${id}** Does not hold yet`);
      return;
    }
    const [, code = '', tests = ''] = /Code: `([^`]+)`\. Test: (.+)/.exec(item) ?? [];
    expect([code, existsSync(code)]).toEqual([code, true]);
    const named = [...tests.matchAll(/`([^`]+)` "([^"]+)"/g)];
    expect(named).not.toEqual([]);
    for (const [, file = '', title = ''] of named) expect(readFileSync(file, 'utf8')).toContain(title);
  });
});
