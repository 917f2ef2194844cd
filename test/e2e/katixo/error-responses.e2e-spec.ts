import { burst } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { at, type Envelope, expectRefusal, Katixo } from '../../support/katixo.js';
import { uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

const send = (
  client: Client,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => client.send<Envelope>(method, path, body, { headers });

describe('an error response of the katixo contract has the envelope:', () => {
  const t = useSharedApp();
  const k = new Katixo(t);
  const login = (body: unknown, headers?: Record<string, string>) =>
    send(t.client(), 'POST', at('/auth/login'), body, headers);

  it.each([
    ['unknown route', 'GET', '/nothing', 404],
    ['the base path itself', 'GET', '', 404],
    ['a path of another contract', 'POST', '/auth/change-password', 404],
    ['wrong method', 'GET', '/auth/login', 405],
    ['wrong method', 'DELETE', '/auth/me', 405],
  ])('%s (%s %s)', async (_, method, path, status) => {
    expectRefusal(await send(t.client(), method, at(path)), null, status);
  });

  it('a path written in capitals is still of this contract', async () => {
    expectRefusal(await send(t.client(), 'GET', '/API/V1/nothing'), 'route_not_found');
  });

  it.each([['{'], ['{"phone":'], ['nonsense'], ['{"phone":"+919876543210",}'], ['{"__proto__":{"a":1}}']])(
    'malformed JSON %s',
    async (body) => {
      expectRefusal(await login(body), null, 400);
    },
  );

  it('another media type', async () => {
    const form = await login('phone=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expectRefusal(form, 'unsupported_media_type');
  });

  it('a body that is too large', async () => {
    expectRefusal(await login({ phone: 'x'.repeat(120_000) }), 'body_too_large');
  });

  it('no token, and a bad one, with the scheme to use', async () => {
    const none = await k.get('/auth/me');
    expectRefusal(none, 'authentication_required');
    const bad = await k.get('/auth/me', t.client('x.y.z'));
    expectRefusal(bad, 'access_token_invalid');
    for (const reply of [none, bad]) expect(reply.headers['www-authenticate']).toBe('Bearer');
  });

  it('a missing permission', async () => {
    const member = await k.member(await k.owner(), 'VIEWER');
    const invite = await k.post('/auth/invite', { phone: uniquePhone(), role: 'VIEWER' }, member.client);
    expectRefusal(invite, 'permission_missing');
  });

  it('wrong credentials, the same for an unknown phone', async () => {
    const owner = await k.owner();
    const known = await login({ phone: owner.phone, password: NEW_PASSWORD });
    const unknown = await login({ phone: uniquePhone(), password: NEW_PASSWORD });
    for (const reply of [known, unknown]) expectRefusal(reply, 'invalid_credentials');
    expect(unknown.text).toBe(known.text);
  });

  it('a conflict', async () => {
    const owner = await k.owner();
    const again = await k.post('/auth/register', k.registration({ phone: owner.phone }));
    expectRefusal(again, 'phone_taken');
  });

  it('too many attempts, with the time to wait', async () => {
    const owner = await k.owner();
    const guesses = await burst(20, () => login({ phone: owner.phone, password: NEW_PASSWORD }));
    const limited = guesses.find(({ status }) => status === 429) as Reply<Envelope>;
    expectRefusal(limited, 'too_many_attempts');
    expect(limited.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  });

  describe('an invalid field, by its name in the request', () => {
    it.each<[string, Record<string, unknown>, string]>([
      ['phone', { phone: '12' }, 'is not a number'],
      ['phone', { phone: 5 }, 'is of another type'],
      ['phone', { phone: undefined }, 'is missing'],
      ['name', { name: '' }, 'is empty'],
      ['name', { name: 'https://evil.example' }, 'holds a link'],
      ['email', { email: 'nobody' }, 'is not an address'],
      ['password', { password: '12345678' }, 'is weak'],
      ['businessName', { businessName: undefined }, 'is missing'],
      ['businessType', { businessType: 1 }, 'is of another type'],
      ['role', { role: 'OWNER' }, 'does not belong to this request'],
      ['tenantId', { tenantId: 'x' }, 'does not belong to this request'],
    ])('%s in %j %s', async (field, overrides) => {
      const reply = await k.post('/auth/register', k.registration(overrides));
      expectRefusal(reply, null, 400);
      expect(reply.body.errors?.map((error) => error.field)).toEqual([field]);
    });

    it.each([['12345'], ['1234567'], ['12345a'], ['①②③④⑤⑥'], [123456], [null], [['123456']]])(
      'otp %j',
      async (otp) => {
        const reply = await k.post('/auth/otp/verify', { phone: uniquePhone(), otp });
        expectRefusal(reply, null, 400);
        expect(reply.body.errors?.map((error) => error.field)).toEqual(['otp']);
      },
    );

    it('newPassword', async () => {
      const owner = await k.owner();
      await t.database.pass(60);
      await k.post('/auth/forgot-password', { phone: owner.phone });
      const otp = await k.code(owner.phone);
      const weak = { phone: owner.phone, otp, newPassword: '12345678' };
      const reply = await k.post('/auth/reset-password', weak);
      expectRefusal(reply, null, 400);
      expect(reply.body.errors?.map((error) => error.field)).toEqual(['newPassword']);
      expect((await k.post('/auth/reset-password', { ...weak, newPassword: NEW_PASSWORD })).status).toBe(200);
    });

    it('orgId', async () => {
      const owner = await k.owner();
      const reply = await k.post('/users/me/switch-org', { orgId: 'mine' }, owner.client);
      expectRefusal(reply, null, 400);
      expect(reply.body.errors?.map((error) => error.field)).toEqual(['orgId']);
    });
  });

  it('a sign-up without the code first, or a second time with the same', async () => {
    const client = t.client();
    const body = k.registration();
    expectRefusal(await k.post('/auth/signup', body, client), 'phone_not_verified');
    await k.post('/auth/otp/request', { phone: body.phone }, client);
    const otp = await k.code(body.phone);
    await k.post('/auth/otp/verify', { phone: body.phone, otp }, client);
    expectRefusal(await k.post('/auth/signup', body), 'phone_not_verified');
    expect((await k.post('/auth/signup', body, client)).status).toBe(201);
    expectRefusal(await k.post('/auth/signup', body, client), 'phone_not_verified');
  });

  it('an internal error, without details', async () => {
    await t.database.query('ALTER TABLE tenants RENAME COLUMN business_type TO kind_of_business');
    try {
      const reply = await k.post('/auth/register', k.registration());
      expectRefusal(reply, 'internal_error');
      expect(reply.text).not.toMatch(/business_type|column|tenants/);
    } finally {
      await t.database.query('ALTER TABLE tenants RENAME COLUMN kind_of_business TO business_type');
    }
  });

  it('and no other contract: the same errors elsewhere are problem details', async () => {
    expect(await t.get('/nothing')).toBeProblem('route_not_found');
    expect(await t.get('/api/v2/nothing')).toBeProblem('route_not_found');
    expect(await t.get('/api/v1x')).toBeProblem('route_not_found');
  });
});

describe('a closed katixo contract', () => {
  const t = useSharedApp({ CONTRACTS: 'primary' });

  it('does not exist, and answers in the format of the primary contract', async () => {
    const body = { phone: uniquePhone(), password: PASSWORD };
    expect(await t.post(at('/auth/login'), body)).toBeProblem('route_not_found');
    expect(await t.get('/openapi/katixo.json')).toBeProblem('route_not_found');
  });
});

describe('the route limits of the katixo contract', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: 'true', REGISTRATIONS_PER_HOUR: '2' });
  const k = new Katixo(t);

  it('answer in the envelope, and count the requests of the same address in the other contract', async () => {
    const client = t.client();
    expect((await client.post('/auth/register', t.given.registration())).status).toBe(201);
    expect((await k.post('/auth/register', k.registration(), client)).status).toBe(201);
    const third = await k.post('/auth/register', k.registration(), client);
    expectRefusal(third, 'rate_limit_exceeded');
    expect(third.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  });
});
