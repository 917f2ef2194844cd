import { burst } from '../../support/burst.js';
import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { uniquePhone } from '../../support/phone.js';
import type { Settings } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

/** Requests as gateways, proxies and old front ends send them; with the limits of a server in production. */
const LIMITED: Settings = { THROTTLE_ENABLED: null };

describe.each<[string, Settings]>([
  ['', {}],
  [', where pages of other origins may read answers,', { CORS_ORIGINS: 'https://app.example.com' }],
])('a check that keeps the method and the path of the request%s', (_, settings) => {
  const asked = useSharedApp({ ...LIMITED, ...settings });
  let owner: Account;

  beforeAll(async () => {
    owner = await asked.given.tenant();
  });

  const PATHS = ['/', '/orders', '/orders/7?page=2', `/${'long/'.repeat(60)}`, '/a%20b/%D7%90'];

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is answered for %s',
    async (method) => {
      for (const path of PATHS) {
        const reply = await owner.client.send(method, `/auth/verify${path}`);
        expect([path, reply.status]).toEqual([path, 200]);
        expect(reply.headers).toMatchObject({
          'x-auth-user': owner.user.id,
          'x-auth-tenant': owner.tenant.id,
          'x-auth-actor': 'user',
          'x-auth-act': '',
          'x-auth-client': '',
        });
        const refused = await asked.client().send(method, `/auth/verify${path}`, undefined, {
          headers: { 'x-auth-user': owner.user.id },
        });
        expect([refused.status, refused.headers['x-auth-user']]).toEqual([401, '']);
      }
    },
  );

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/pdf',
    'text/plain; charset=latin1',
  ])('does not look at a body of the type %s', async (type) => {
    const headers = { 'content-type': type };
    for (const body of ['', '{"a":', 'x'.repeat(50_000)]) {
      const reply = await owner.client.send('POST', '/auth/verify/orders', body, { headers });
      expect([reply.status, reply.headers['x-auth-user']]).toEqual([200, owner.user.id]);
    }
    expect((await owner.client.get('/auth/me')).status).toBe(200);
  });

  it('is a GET with the path in a header for Traefik', async () => {
    const headers = {
      'x-forwarded-method': 'DELETE',
      'x-forwarded-uri': '/orders/7',
      'x-forwarded-host': 'shop',
    };
    expect((await owner.client.get('/auth/verify', { headers })).status).toBe(204);
  });
});

describe('an Authorization header that is not ours', () => {
  const t = useSharedApp(LIMITED);
  let owner: Account;

  beforeAll(async () => {
    owner = await t.given.tenant();
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer undefined',
    'Bearer null',
    'Basic c3RhZ2luZzpzZWNyZXQ=',
    'Negotiate x',
  ])('does not matter where the body has the credential: %j', async (authorization) => {
    const headers = { authorization };
    const { email, password } = owner;
    const signedIn = await t.client().post('/auth/login', { email, password }, { headers });
    expect(signedIn.status).toBe(200);
    const { token } = await t.given.invitation(owner, { email: uniqueEmail() });
    const accept = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    expect((await t.client().post('/auth/invite/accept', accept, { headers })).status).toBe(201);
    const phone = uniquePhone();
    await t.client().post('/auth/otp/request', { phone });
    const { code } = await t.inbox.latest(phone, 'otp');
    const verified = await t.client().post('/auth/otp/verify', { phone, code }, { headers });
    expect(verified.status).toBe(200);
    const me = await t.client().get('/auth/me', { headers });
    expect([me.status, me.body.code]).toEqual([401, 'authentication_required']);
  });

  it.each(['Bearer a.b.c', 'Bearer a b', 'Bearer sk_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg37cCQ0'])(
    'does not stop the acceptance of an invitation: %j',
    async (authorization) => {
      const { token } = await t.given.invitation(owner, { email: uniqueEmail() });
      const accept = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
      const { status } = await t.client().post('/auth/invite/accept', accept, { headers: { authorization } });
      expect(status).toBe(201);
    },
  );
});

describe('the answers of a limited operation', () => {
  const t = useSharedApp(LIMITED);
  let owner: Account;

  beforeAll(async () => {
    owner = await t.given.tenant();
  });

  it('count down for the caller’s address, whoever the account is', async () => {
    const client = t.client();
    const seen = [];
    for (const email of [owner.email, uniqueEmail(), owner.email]) {
      const { headers } = await client.post('/auth/forgot-password', { email });
      seen.push([headers['ratelimit-limit'], headers['ratelimit-remaining']]);
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(0);
    }
    expect(seen).toEqual([
      ['30', '29'],
      ['30', '28'],
      ['30', '27'],
    ]);
    expect((await owner.client.get('/auth/me')).headers).not.toHaveProperty('ratelimit-limit');
  });

  it('say at the end of the limit when it begins anew', async () => {
    const client = t.client();
    const calls = await burst(32, () => client.post('/auth/forgot-password', { email: uniqueEmail() }));
    const limited = calls.filter(({ status }) => status === 429);
    expect(limited).toHaveLength(2);
    for (const { headers } of limited) {
      expect([headers['ratelimit-limit'], headers['ratelimit-remaining']]).toEqual(['30', '0']);
      expect(headers['ratelimit-reset']).toBe(headers['retry-after']);
    }
  });
});
