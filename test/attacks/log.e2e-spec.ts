import { ApiKeys } from '../support/api-keys.js';
import type { Client } from '../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../support/given.js';
import { Phones, uniquePhone } from '../support/phone.js';
import { REFRESH_GRACE_SECONDS } from '../support/server.js';
import { useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';

type Line = Record<string, unknown> & { msg: string; requestId?: string };

describe('the log', () => {
  const t = useSharedApp({
    LOGIN_FAILURES_BEFORE_DELAY: '3',
    THROTTLE_ENABLED: 'true',
    EMAIL_INTERVAL_SECONDS: '1',
  });
  const phones = new Phones(t);
  const keys = new ApiKeys(t);
  const factors = new TwoFactor(t);
  const jsonLines = async (): Promise<string[]> =>
    (await t.writtenLog()).split('\n').filter((line) => line.startsWith('{'));
  const read = async (): Promise<Line[]> => (await jsonLines()).map((line) => JSON.parse(line) as Line);
  /** The lines that were written while the act ran. */
  const during = async (act: () => Promise<unknown>): Promise<Line[]> => {
    const before = (await read()).length;
    await act();
    return (await read()).slice(before).filter(({ route }) => route !== '/health/live');
  };

  describe('records each event', () => {
    let owner: Account;
    let member: Account;
    let client: Client;
    const login = (password: string, email = owner.email) =>
      client.post('/auth/login', { tenantSlug: owner.tenant.slug, email, password });

    beforeAll(async () => {
      owner = await t.given.verifiedTenant();
      member = await t.given.member(owner);
      client = t.client();
    });

    const EVENTS: Record<string, () => Promise<unknown>> = {
      registration: () => client.post('/auth/register', t.given.registration()),
      'sign-in': () => login(PASSWORD),
      'refused sign-in': () => login(NEW_PASSWORD),
      'refused sign-in without an account': () => login(PASSWORD, uniqueEmail()),
      'delayed sign-in': async () => {
        const person = await t.given.member(owner);
        for (let n = 0; n < 4; n += 1) await login(NEW_PASSWORD, person.email);
      },
      refresh: async () => {
        const { refreshToken } = await t.given.login(owner);
        await client.post('/auth/refresh', { refreshToken });
      },
      'refused refresh': () => client.post('/auth/refresh', { refreshToken: 'x'.repeat(40) }),
      'reused refresh token': async () => {
        const { refreshToken } = await t.given.login(owner);
        for (let n = 0; n < 2; n += 1) await client.post('/auth/refresh', { refreshToken });
        await t.database.pass(REFRESH_GRACE_SECONDS + 1);
        await client.post('/auth/refresh', { refreshToken });
      },
      logout: async () => (await t.given.login(member)).client.post('/auth/logout'),
      'invalid token': () => t.client('not.a.token').get('/auth/me'),
      'no token': () => client.get('/auth/me'),
      'password change': async () => {
        const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
        await (await t.given.tenant()).client.post('/auth/change-password', body);
      },
      'refused password change': () =>
        member.client.post('/auth/change-password', {
          currentPassword: NEW_PASSWORD,
          newPassword: 'Velvet-Harbour-88-Cello',
        }),
      recovery: async () => {
        const person = await t.given.verifiedTenant();
        const token = await t.given.resetToken(person);
        await client.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      },
      'refused recovery': () =>
        client.post('/auth/reset-password', { token: 'y'.repeat(43), newPassword: NEW_PASSWORD }),
      'code sent': () => phones.request(uniquePhone(), client),
      'code accepted': async () => phones.signupToken(uniquePhone(), client),
      'code refused': () => phones.verify(uniquePhone(), '123987', client),
      invitation: () => t.given.invitation(owner),
      'invitation accepted': () => t.given.member(owner),
      'refused invitation link': () => client.get(`/auth/invite/validate?token=${'z'.repeat(43)}`),
      'missing permission': () => member.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' }),
      'role above the actor’s': async () => {
        const manager = await t.given.member(owner, 'manager');
        await manager.client.post('/auth/invite', { email: uniqueEmail(), role: 'admin' });
      },
      'limit exceeded': async () => {
        const asker = t.client();
        const body = { email: uniqueEmail() };
        await Promise.all(Array.from({ length: 35 }, () => asker.post('/auth/forgot-password', body)));
      },
      'key created, used and refused': async () => {
        const { id, key } = await keys.create(owner);
        await keys.use(key);
        await owner.client.delete(`/auth/api-keys/${id}`);
        await keys.use(key);
      },
      'second factor': async () => {
        const person = await factors.owner();
        await factors.verify(await factors.tempToken(person), person.authenticator.wrongCode());
        await factors.signIn(person);
      },
      'session ended': async () => {
        await t.given.login(owner);
        const { data } = (await owner.client.get('/auth/sessions')).body;
        await owner.client.delete(`/auth/sessions/${data.find(({ current }) => !current)?.id}`);
      },
      'organisation switched': async () => {
        const person = await t.given.tenant();
        const { body } = await person.client.post('/users/me/organisations', {
          name: uniqueEmail('x').slice(0, 9),
        });
        await person.client.post('/users/me/switch-org', { orgId: body.id });
      },
    };

    it.each(Object.entries(EVENTS))('%s', async (_, act) => {
      const lines = await during(act);
      const requests = lines.filter(({ msg }) => msg === 'request');
      expect(requests.length).toBeGreaterThan(0);
      for (const line of lines) {
        expect(line).toMatchObject({
          level: expect.stringMatching(/^(info|warn)$/),
          requestId: expect.any(String),
        });
        expect(line.time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
        expect(line.address).toMatch(/^127\./);
      }
      for (const { status, requestId } of requests) {
        expect(status).toEqual(expect.any(Number));
        const about = lines.filter((line) => line.requestId === requestId);
        const refused = about.filter(({ msg }) => msg === 'request refused');
        expect(refused).toHaveLength(Number(status) < 400 ? 0 : 1);
      }
    });

    it('with person, request origin and session', async () => {
      const ids = { userId: owner.user.id, tenantId: owner.tenant.id };
      const find = (lines: Line[], msg: string) => lines.find((line) => line.msg === msg);
      const signedIn = find(await during(() => login(PASSWORD)), 'signed in');
      expect(signedIn).toMatchObject({ ...ids, address: client.address, sessionId: expect.any(String) });
      const refused = find(await during(() => login(NEW_PASSWORD)), 'request refused');
      expect(refused).toMatchObject({ ...ids, address: client.address, code: 'invalid_credentials' });
      const refresh = { refreshToken: owner.refreshToken };
      const refreshed = await during(() => client.post('/auth/refresh', refresh));
      expect(find(refreshed, 'session refreshed')).toMatchObject({ ...ids, sessionId: expect.any(String) });
      const lacking = await during(() => member.client.get('/tenants/current/audit-events'));
      expect(find(lacking, 'request refused')).toMatchObject({
        code: 'permission_missing',
        permission: 'auditEvents.view',
        userId: member.user.id,
        sessionId: expect.any(String),
        tenantId: owner.tenant.id,
      });
    });
  });

  describe('has one line for one event, whatever is in the', () => {
    const forged = [
      '\n{"level":"forged","msg":"forged"}',
      '\r\n{"level":"forged","msg":"forged"}\r\n',
      '\u2028{"level":"forged"}',
      '\u001b[2K\u001b[1A{"level":"forged"}',
      '\u009b2K{"level":"forged"}',
      '","level":"forged","x":"',
    ];
    const PLACES: Record<string, (text: string) => Promise<unknown>> = {
      'e-mail address': (text) =>
        t.post('/auth/login', { email: `a@example.com${text}`, password: PASSWORD }),
      password: (text) => t.post('/auth/login', { email: uniqueEmail(), password: `${PASSWORD}${text}` }),
      'user agent': (text) =>
        t
          .get('/auth/me', {
            headers: {
              'user-agent': Buffer.from(text)
                .toString('latin1')
                .replace(/[\r\n]/g, ''),
            },
          })
          .catch(() => null),
      name: (text) => t.post('/auth/register', t.given.registration({ firstName: `Ada${text}` })),
      'company name': (text) =>
        t.post('/auth/register', t.given.registration({ companyName: `Acme${text}` })),
      slug: (text) =>
        t.post('/auth/login', { tenantSlug: `acme${text}`, email: 'a@b.c', password: PASSWORD }),
      path: (text) => t.get(`/x${encodeURIComponent(text)}`),
      query: (text) => t.get(`/auth/invite/validate?token=${encodeURIComponent(text)}`),
      token: (text) => t.post('/auth/refresh', { refreshToken: text }),
      'member name': (text) => t.post('/auth/login', { [`x${text}`]: 1 }),
    };

    it.each(Object.entries(PLACES))('%s', async (_, send) => {
      const lines = await during(async () => {
        for (const text of forged) await send(text);
      });
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter(({ level, msg }) => level === 'forged' || msg === 'forged')).toEqual([]);
      expect((await jsonLines()).filter((line) => /[\p{Cc}\u2028\u2029]/u.test(line))).toEqual([]);
      const others = t.log.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
      expect(others.filter((line) => line.includes('forged'))).toEqual([]);
    });
  });
});
