import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useSharedApp } from '../../support/test-app.js';

const BUILT = 'dist/contracts/platform/console/browser';
const FILES = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(html|css|js|svg)$/.test(file),
);
const textOf = (file: string) => readFileSync(join(BUILT, file), 'utf8');
/** Of an answer: neither the time nor the request. */
const comparable = ({
  status,
  headers,
  text,
}: {
  status: number;
  headers: Record<string, string>;
  text: string;
}) => ({
  status,
  headers: { ...headers, date: '', 'x-request-id': '' },
  text: text.replaceAll(headers['x-request-id'] ?? '-', '').replaceAll('console', 'nothing'),
});

describe('the console, where PLATFORM_ENABLED opens the contract', () => {
  const t = useSharedApp({ PLATFORM_ENABLED: 'true' });

  it('is a page that runs its own scripts only, is kept nowhere and is framed nowhere', async () => {
    const { status, headers, text } = await t.get('/platform/console');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = (headers['content-security-policy'] ?? '').split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
        ...[
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ],
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|data:|https?:|\*/);
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect([...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, inner]) => inner)).toEqual(['']);
  });

  it('is served with every file that the build made, and with nothing else', async () => {
    expect(FILES).toEqual(
      expect.arrayContaining(['main.js', join('lit', 'lit-html.js'), join('styles', 'base.css')]),
    );
    for (const file of FILES.filter((name) => name !== 'console.html')) {
      const { status, headers } = await t.get(`/platform/console/${file.replaceAll('\\', '/')}`);
      expect([file, status, headers['cache-control']]).toEqual([file, 200, 'no-store']);
    }
    for (const file of [
      'main.js.map',
      'main.ts',
      'console.html',
      '',
      '../platform.js',
      '..%2fplatform.js',
      'lit',
    ])
      expect((await t.get(`/platform/console/${file}`)).status).toBe(file === '' ? 308 : 404);
  });

  it('is at one address, also below the path of a proxy', async () => {
    const { status, headers } = await t.get('/platform/console/');
    expect([status, headers.location]).toEqual([308, '../console']);
    expect((await t.post('/platform/console')).status).toBe(405);
  });
});

describe('the console, where the contract is closed', () => {
  const t = useSharedApp();

  it.each(['console', 'console/', 'console/main.js', 'console/lit/lit-html.js'])(
    'answers at /platform/%s as at any address that is unknown',
    async (path) => {
      const unknown = await t.get(`/platform/${path.replace('console', 'nothing')}`);
      expect(unknown.status).toBe(404);
      expect(comparable(await t.get(`/platform/${path}`))).toEqual(comparable(unknown));
    },
  );
});

describe.each(FILES)('the file %s', (file) => {
  const text = textOf(file).replace(' xmlns="http://www.w3.org/2000/svg"', '');

  it('needs nothing from another host, and no package by its name', () => {
    expect(text).not.toMatch(/https?:|["'(]\/\/[a-z]|@import|url\(/i);
    for (const [, source] of text.matchAll(/\b(?:from|import)\s*\(?['"]([^'"]+)['"]/g))
      expect(source).toMatch(/^\.{1,2}\//);
  });

  it('makes no markup of a text, and stores nothing', () => {
    const own = file.startsWith('lit') ? '' : text;
    expect(own).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML|\beval\b|new Function/,
    );
    expect(text).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie/);
  });
});
