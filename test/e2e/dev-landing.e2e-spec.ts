import { uniqueEmail } from '../support/given.js';
import { Server } from '../support/server.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const PAGES = [
  '/accept-invitation',
  '/reset-password',
  '/verify-email',
  '/restore-account',
  '/revert-email-change',
];

const addressesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, address = '']) => address);

describe('the development pages for links', () => {
  const t = useSharedApp();

  it('are where the messages lead', async () => {
    const owner = await t.given.tenant();
    await t.given.resetToken(owner);
    const invited = await t.given.invitation(owner);
    const leaving = await t.given.tenant();
    await leaving.client.delete('/users/me', { password: leaving.password });
    const moving = await t.given.verifiedTenant();
    await moving.client.patch('/auth/me', { email: uniqueEmail(), currentPassword: moving.password });
    const messages = [
      await t.inbox.latest(invited.email, 'invitation'),
      await t.inbox.latest(owner.email, 'password-reset'),
      await t.inbox.latest(owner.email, 'verify-email'),
      await t.inbox.latest(leaving.email, 'account-restoration'),
      await t.inbox.latest(moving.email, 'notice'),
    ];

    const links = messages.map(({ link }) => new URL(link ?? ''));
    expect(links.map((link) => link.origin)).toEqual(PAGES.map(() => t.server.origin));
    expect(links.map((link) => link.pathname)).toEqual(PAGES);
  });

  it.each([...PAGES, '/dev/inbox'])('serve %s, which runs its own script and no other', async (path) => {
    const reply = await t.get(path);

    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/html/);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers['content-security-policy']?.split('; ')).toEqual([
      `default-src 'none'`,
      `script-src 'self'`,
      // The preview of a message, which has inline styles, inherits the policy of the inbox
      path === '/dev/inbox' ? `style-src 'self' 'unsafe-inline'` : `style-src 'self'`,
      `connect-src 'self'`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ]);
    expect(reply.text).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(addressesIn(reply.text, /<script[^>]*>([^]*?)<\/script>/g)).toEqual(['']);
    const name = path.split('/').pop() ?? '';
    const scripts = addressesIn(reply.text, /<script src="([^"]*)"/g).map(
      (file) => new URL(file, t.server.origin + path),
    );
    expect(scripts.map(({ pathname }) => pathname)).toEqual([`/dev/browser/${name}.js`]);
  });

  it.each([...PAGES, '/dev/inbox'])('serve every file that %s loads', async (path) => {
    const { text } = await t.get(path);
    const files = addressesIn(text, /(?:src|href)="([^"]*\.(?:js|css))"/g);
    const open = files.map((file) => new URL(file, t.server.origin + path).pathname);
    for (const file of open) {
      const { status, headers, text: source } = await t.get(file);
      expect({ file, status }).toEqual({ file, status: 200 });
      expect(headers['content-type']).toMatch(/^(text\/css|(text|application)\/javascript)/);
      expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
      const imported = addressesIn(source, /(?:from|import) ["']([^"']+)["']/g);
      open.push(
        ...imported
          .map((name) => new URL(name, t.server.origin + file).pathname)
          .filter((name) => !open.includes(name)),
      );
    }
    expect(open.length).toBeGreaterThan(3);
  });

  it.each([
    '/dev/browser/inbox.html',
    '/dev/browser/inbox.js.map',
    '/dev/browser/',
    '/dev/browser/..%2Fdev.module.js',
  ])('serve nothing at %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });

  it.each(['/dev/reset', '/dev/clock', '/dev/faults'])(
    'have no %s, as ephemeral servers do',
    async (path) => {
      expect(await t.post(path, {})).toBeProblem('route_not_found');
    },
  );

  it('are no part of the published description', async () => {
    const { body } = await t.client().get<{ paths: object }>('/openapi/primary.json');
    expect(Object.keys(body.paths).filter((path) => PAGES.includes(path))).toEqual([]);
  });
});

const asModule = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const HOOKS = asModule(`
  export async function load(url, context, next) {
    if (url.includes('/dist/dev/')) throw new Error('loaded ' + url);
    return next(url, context);
  }
`);
/** With it a server cannot load anything of `src/dev`. */
const WITHOUT_DEV = `--import=${asModule(`import { register } from 'node:module'; register(${JSON.stringify(HOOKS)});`)}`;

describe('a server in production', () => {
  const t = createTestApp({ NODE_ENV: 'production', THROTTLE_ENABLED: null, NODE_OPTIONS: WITHOUT_DEV });

  it.each([...PAGES, '/dev/inbox', '/dev/browser/inbox.js', '/dev/browser/page.css'])(
    'has nothing at %s',
    async (path) => {
      expect(await t.get(path)).toBeProblem('route_not_found');
    },
  );

  it('loads nothing of src/dev, without which no other server starts', async () => {
    await until(async () => (await t.get('/health/ready')).status === 200);
    const { code, output } = await Server.startAndExit({ ...t.server.settings, NODE_ENV: 'development' });
    expect(code).toBe(1);
    expect(output).toMatch(/loaded file:.*\/dist\/dev\/dev\.module\.js/);
  });
});
