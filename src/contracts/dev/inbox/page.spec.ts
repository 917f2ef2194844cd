import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { INBOX_CSP, INBOX_PAGE } from './page.js';

describe('the inbox page', () => {
  it('runs its own script and no other', () => {
    const scripts = [...INBOX_PAGE.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(
      ([, source]) => source ?? '',
    );
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');

    expect(scripts).toHaveLength(1);
    expect(INBOX_CSP).toContain(`script-src 'sha256-${hash}'`);
    expect(INBOX_CSP).toMatch(/^default-src 'none';/);
  });

  it('holds a script that parses', () => {
    const [, source = ''] = /<script[^>]*>([\s\S]*)<\/script>/.exec(INBOX_PAGE) ?? [];

    expect(source).not.toBe('');
    expect(() => new Script(source)).not.toThrow();
  });

  it('needs nothing from anywhere else', () => {
    expect(INBOX_PAGE).not.toMatch(/https?:|\/\/[a-z]|\bsrc=|@import|url\(/i);
  });

  it('turns no text of a message into markup', () => {
    expect(INBOX_PAGE).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});
