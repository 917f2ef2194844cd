import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import type { Reply } from '../support/client.js';
import { uniqueEmail } from '../support/given.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';

const PAGES = [
  '/accept-invitation',
  '/reset-password',
  '/verify-email',
  '/restore-account',
  '/revert-email-change',
];

function inline(tag: 'script' | 'style', { text }: Reply) {
  const found = [...text.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))];
  const source = found[0]?.[1] ?? '';
  const digest = createHash('sha256').update(source).digest('base64');
  return { count: found.length, source, hash: `'sha256-${digest}'` };
}

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

  it.each(PAGES)('serve %s, which runs its own script and no other', async (path) => {
    const reply = await t.get(path);
    const [script, style] = [inline('script', reply), inline('style', reply)];

    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/html/);
    expect([script.count, style.count]).toEqual([1, 1]);
    expect(reply.headers['content-security-policy']?.split('; ')).toEqual([
      `default-src 'none'`,
      `script-src ${script.hash}`,
      `style-src ${style.hash}`,
      `connect-src 'self'`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ]);
    expect(() => new Script(script.source)).not.toThrow();
    expect(reply.text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });

  it('are no part of the published description', async () => {
    const { body } = await t.client().get<{ paths: object }>('/openapi/primary.json');
    expect(Object.keys(body.paths).filter((path) => PAGES.includes(path))).toEqual([]);
  });
});

describe('a server in production', () => {
  const t = createTestApp({ NODE_ENV: 'production', THROTTLE_ENABLED: null });

  it.each(PAGES)('has no page at %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });
});
