import { ASKS, BrowserPage, COOKIE, cookieOf, PAGE, WITH_BROWSER_SESSIONS } from '../support/browser.js';
import type { Reply } from '../support/client.js';
import { NEW_PASSWORD } from '../support/given.js';
import { useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';

/** Pages that are not the application's, as browsers describe their requests. */
const FOREIGN: [string, Record<string, string | null>][] = [
  ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['of a subdomain of the same site', { origin: 'https://evil.example.com', 'sec-fetch-site': 'same-site' }],
  ['of a preview deployment', { origin: 'https://pr-1.example.com', 'sec-fetch-site': 'same-site' }],
  ['of the application’s host by plain HTTP', { origin: PAGE.replace('https', 'http') }],
  ['of another port', { origin: `${PAGE}:8443` }],
  ['whose name begins like the application’s', { origin: `${PAGE}.evil.example` }],
  ['in a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['that sends no Origin', { origin: null }],
  ['that sends an empty Origin', { origin: '' }],
  ['that names two origins', { origin: `${PAGE}, https://evil.example` }],
  ['of the application, embedded into another site’s', { 'sec-fetch-site': 'cross-site' }],
  ['that no page sent', { 'sec-fetch-site': 'none' }],
];

describe('the cookie of a browser session', () => {
  const t = useSharedApp(WITH_BROWSER_SESSIONS);
  const victim = async () => {
    const page = new BrowserPage(t.client());
    const registration = t.given.registration();
    const { accessToken: token, tenant } = (await page.post('/auth/register', registration)).body;
    return { page, token, tenant, registration };
  };
  const headersOf = (changes: Record<string, string | null>) =>
    Object.fromEntries(
      Object.entries({ ...ASKS, ...changes }).filter(([, value]) => value !== null),
    ) as Record<string, string>;

  describe.each(FOREIGN)('in a request %s', (_, changes) => {
    const headers = headersOf(changes);

    it('refreshes nothing, and signs nobody in or up', async () => {
      const { page, registration } = await victim();
      const { email, password } = registration;
      const send = (path: string, body?: unknown) =>
        page.client.post(path, body, { headers: { ...headers, cookie: page.cookie ?? '' } });
      const stranger = t.given.registration();
      for (const reply of [
        await send('/auth/refresh'),
        await send('/auth/login', { email, password }),
        await send('/auth/register', stranger),
      ]) {
        expect(reply).toBeProblem('browser_session_refused');
        expect(cookieOf(reply)).toBeNull();
      }
      expect((await t.post('/auth/register', stranger)).status).toBe(201);
      expect((await page.refresh()).status).toBe(200);
    });

    it('gets no token out of an access token', async () => {
      const { page, token, tenant } = await victim();
      const reply = await page.client.post('/users/me/switch-org', { orgId: tenant.id }, { token, headers });
      expect(reply).toBeProblem('browser_session_refused');
      expect((await page.refresh()).status).toBe(200);
    });
  });

  it('is compared before the password is, which costs no attempt', async () => {
    const { registration } = await victim();
    const { email } = registration;
    const headers = headersOf({ origin: 'https://evil.example' });
    for (let tries = 0; tries < 6; tries += 1) {
      const reply = await t.post('/auth/login', { email, password: 'wrong' }, { headers });
      expect(reply).toBeProblem('browser_session_refused');
    }
    expect(await t.post('/auth/login', { email, password: 'wrong' })).toBeProblem('invalid_credentials');
  });

  it('authenticates nothing that is not a refresh', async () => {
    const { page } = await victim();
    const headers = { ...ASKS, cookie: page.cookie ?? '' };
    for (const path of ['/auth/me', '/auth/sessions', '/auth/verify'])
      expect(await page.client.get(path, { headers })).toHaveProperty('status', 401);
    expect(await page.client.post('/auth/logout', {}, { headers })).toBeProblem('authentication_required');
  });

  it('is not moved into a body by an operation of another contract', async () => {
    const { page, token, tenant, registration } = await victim();
    const { email, password } = registration;
    const client = page.client.withToken(token);
    const toBeRefused = ({ status, text }: Reply) =>
      expect([status, text]).toEqual([403, expect.stringMatching(/browser.session/)]);
    toBeRefused(await client.post('/api/v1/users/me/switch-org', { orgId: tenant.id }));
    const change = { current_password: password, new_password: NEW_PASSWORD };
    toBeRefused(await client.post('/v1/auth/change-password', change));
    const { authenticator, backupCodes } = await new TwoFactor(t).enrol(client);
    toBeRefused(await client.post('/v1/auth/confirm-2fa', { code: authenticator.code() }));
    // None of that changed anything: the session, the password, or the code's being unused
    expect((await page.refresh()).status).toBe(200);
    expect(await t.post('/auth/login', { email, password })).toHaveProperty('body.refreshToken');
    const on = await page.post('/auth/confirm-2fa', { code: authenticator.code() }, { token });
    expect(on.status).toBe(200);
    const inside = page.client.withToken(on.body.accessToken);
    toBeRefused(await inside.post('/v1/auth/disable-2fa', { password, code: backupCodes[0] }));
    expect((await page.refresh()).status).toBe(200);
  });

  it('is not sent by a form', async () => {
    const { page } = await victim();
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
    ]) {
      const headers = {
        ...headersOf({ 'x-session-mode': null }),
        'content-type': type,
        cookie: page.cookie ?? '',
      };
      const reply = await page.client.post('/auth/refresh', 'x=1', { headers });
      expect([400, 415]).toContain(reply.status);
      expect(cookieOf(reply)).toBeNull();
    }
  });

  it.each([
    ['twice', (own: string, other: string) => `${own}; ${other}`],
    ['twice, the other one first', (own: string, other: string) => `${other}; ${own}`],
    ['twice with the same value', (own: string) => `${own}; ${own}`],
    ['beyond what a browser keeps', (own: string) => `${own}${'x'.repeat(5000)}`],
    ['empty', () => `${COOKIE}=`],
    ['in quotes', (own: string) => own.replace(/=(.*)/, '="$1"')],
    ['under another name', (own: string) => own.replace('__Host-', '__host-')],
    ['as a part of another one', (own: string) => `x${own}`],
  ])('is refused %s', async (_, change) => {
    const [{ page }, { page: other }] = [await victim(), await victim()];
    const cookie = change(page.cookie ?? '', other.cookie ?? '');
    expect(await page.client.post('/auth/refresh', undefined, { headers: { ...ASKS, cookie } })).toBeProblem(
      'refresh_token_invalid',
    );
    expect((await page.refresh()).status).toBe(200);
    expect((await other.refresh()).status).toBe(200);
  });

  it('is found among other ones', async () => {
    const { page } = await victim();
    const cookie = `theme=dark;${page.cookie ?? ''};  session="a; b=1"`;
    expect((await page.refresh({ cookie })).status).toBe(200);
  });

  it.each([
    ['an access token', async () => ({ authorization: `Bearer ${(await victim()).token}` })],
    ['a token of another scheme', async () => ({ authorization: 'Basic eDp5' })],
    ['an API key', async () => ({ 'x-api-key': 'x' })],
  ])('is not read beside %s', async (_, credential) => {
    const { page } = await victim();
    expect(await page.refresh(await credential())).toBeProblem('malformed_request');
    expect((await page.refresh()).status).toBe(200);
  });

  it('is not read beside a refresh token in the body', async () => {
    const { page } = await victim();
    const { refreshToken } = await t.given.tenant();
    expect(await page.post('/auth/refresh', { refreshToken })).toBeProblem('malformed_request');
    expect((await t.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('is not moved into a body by another session mode', async () => {
    const { registration, page } = await victim();
    const { email, password } = registration;
    const headers = { ...ASKS, 'x-session-mode': 'body', cookie: page.cookie ?? '' };
    for (const [path, body] of [
      ['/auth/login', { email, password }],
      ['/auth/refresh', undefined],
    ] as const)
      expect(await page.client.post(path, body, { headers })).toBeProblem('browser_session_refused');
  });

  describe('across origins', () => {
    const preflight = (origin: string) =>
      t.client().send('OPTIONS', '/auth/refresh', undefined, {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-session-mode',
        },
      });

    it('is allowed to the origins that are written out', async () => {
      const { headers } = await preflight(PAGE);
      expect(headers['access-control-allow-origin']).toBe(PAGE);
      expect(headers['access-control-allow-credentials']).toBe('true');
      expect(headers['access-control-allow-headers']).toMatch(/x-session-mode/);
    });

    it.each([['https://pr-1.example.com'], ['https://evil.example'], ['null']])(
      'is not allowed to %s',
      async (origin) => {
        for (const { headers } of [
          await preflight(origin),
          await t.get('/health/ready', { headers: { origin } }),
        ])
          expect(headers).not.toHaveProperty('access-control-allow-credentials');
      },
    );
  });
});

describe('a server without browser sessions', () => {
  const t = useSharedApp();

  it('refuses who asks for one, and allows no credentials', async () => {
    const reply = await t.post('/auth/register', t.given.registration(), { headers: ASKS });
    expect(reply).toBeProblem('browser_session_refused');
    expect(cookieOf(reply)).toBeNull();
    expect(reply.headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
