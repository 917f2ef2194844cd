import { readFileSync } from 'node:fs';
import { burst } from '../../support/burst.js';
import { documentedFetch } from '../../support/documented-fetch.js';
import { EphemeralServer } from '../../support/ephemeral-server.js';
import { SLOW_DOWN_FIRST_WAIT_SECONDS, TOTP_STEP_SECONDS } from '../../support/server.js';
import { Authenticator } from '../../support/totp.js';

const SEED = 'examples/ephemeral/demo.json';
const { apiKeys, serviceAccounts } = JSON.parse(readFileSync(SEED, 'utf8')) as {
  apiKeys: { key: string }[];
  serviceAccounts: { id: string; secret: string }[];
};
const PASSWORD = 'Correct horse 123';
const ADA = { email: 'ada@example.com', password: PASSWORD };
const GRACE = { email: 'grace@example.com', password: PASSWORD };
const DAY = 86_400;

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

let server: EphemeralServer;

beforeAll(
  async () =>
    (server = await EphemeralServer.start(['--seed', SEED], {
      TOTP_STEP_SECONDS: String(TOTP_STEP_SECONDS),
      SLOW_DOWN_FIRST_WAIT_SECONDS: String(SLOW_DOWN_FIRST_WAIT_SECONDS),
    })),
);
afterAll(() => server.end());
beforeEach(() => reset());

async function call(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(server.origin + path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

const post = (path: string, body: object = {}) => call('POST', path, body);
const get = (path: string, token: unknown) =>
  call('GET', path, undefined, { authorization: `Bearer ${String(token)}` });
const reset = async () => expect(await call('POST', '/dev/reset')).toMatchObject({ status: 204 });
const advance = async (advanceSeconds: number) =>
  expect(await post('/dev/clock', { advanceSeconds })).toMatchObject({ status: 200 });
const signIn = async (who: object = ADA) => {
  const { status, body } = await post('/auth/login', who);
  expect(status).toBe(200);
  return body as { accessToken: string; refreshToken: string; tempToken: string };
};
const me = async (accessToken: string) => (await get('/auth/me', accessToken)).status;

describe('the seed of an ephemeral server', () => {
  it('has the ids of the file, and ids made of its names', async () => {
    const { accessToken } = await signIn();
    const { body } = await get('/auth/me', accessToken);
    expect(JSON.stringify(body)).toContain('018f2d3c-0000-7000-8000-00000000b001');
    expect(JSON.stringify(body)).toContain('018f2d3c-0000-7000-8000-00000000a001');
    const members = await get('/tenants/current/members', accessToken);
    expect(JSON.stringify(members.body)).toContain(GRACE_ID);
  });

  it('has its API keys, second factors and backup codes', async () => {
    const verified = await call('GET', '/auth/verify', undefined, { 'x-api-key': apiKeys[0]?.key ?? '' });
    expect(verified.headers.get('x-auth-user')).toBe('018f2d3c-0000-7000-8000-00000000b001');

    const { tempToken } = await signIn(GRACE);
    const code = new Authenticator('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP').code();
    expect(await post('/auth/verify-2fa', { tempToken, code })).toMatchObject({ status: 200 });
    const { tempToken: second } = await signIn(GRACE);
    const withBackup = { tempToken: second, code: '12345678' };
    expect(await post('/auth/verify-2fa', withBackup)).toMatchObject({ status: 200 });
  });

  it('has a service account that gets tokens for its secret', async () => {
    const [{ id, secret } = { id: '', secret: '' }] = serviceAccounts;
    const tokenStatus = async (client_secret: string) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret });
      return (await documentedFetch(`${server.origin}/oauth/token`, { method: 'POST', body })).status;
    };
    expect(await tokenStatus(secret)).toBe(200);
    expect(await tokenStatus('cs_demo_another-server')).toBe(401);
  });

  it('has a fixed code for every number of a range', async () => {
    for (const phone of ['+919999900042', '+919999900099']) {
      expect(await post('/auth/otp/request', { phone })).toMatchObject({ status: 200 });
      expect(await post('/auth/otp/verify', { phone, code: '123456' })).toMatchObject({ status: 200 });
    }
  });
});

describe('POST /dev/reset', () => {
  it('makes the server answer as at its start, twice', async () => {
    const seen: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { accessToken } = await signIn();
      const before = await get('/tenants/current/members', accessToken);
      seen.push(before.body);
      const invitation = { email: 'new@example.com', role: 'manager' };
      expect((await call('POST', '/auth/invite', invitation, bearer(accessToken))).status).toBe(201);
      expect((await messages()).length).toBeGreaterThan(0);
      await advance(DAY);
      await reset();
      expect(await me(accessToken)).toBe(401);
      expect(await messages()).toEqual([]);
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('may be called by many at once, while others sign in', async () => {
    const ends = await burst(20, (n) => (n % 2 ? post('/dev/reset') : post('/auth/login', ADA)));
    for (const { status } of ends) expect([200, 204]).toContain(status);
    expect(await me((await signIn()).accessToken)).toBe(200);
  });

  it('forgets wrong passwords', async () => {
    for (let n = 0; n < 6; n += 1) await post('/auth/login', { ...ADA, password: 'wrong horse 123' });
    expect((await post('/auth/login', ADA)).status).toBe(429);
    await reset();
    await signIn();
  });
});

describe('POST /dev/clock', () => {
  it('moves an access token past its end, and a session past its idle time', async () => {
    const { accessToken, refreshToken } = await signIn();
    await advance(3500);
    expect(await me(accessToken)).toBe(200);
    await advance(200);
    expect(await me(accessToken)).toBe(401);

    const renewed = await post('/auth/refresh', { refreshToken });
    expect(renewed.status).toBe(200);
    expect(await me(String(renewed.body.accessToken))).toBe(200);
    await advance(7 * DAY + 60);
    expect((await post('/auth/refresh', { refreshToken: renewed.body.refreshToken })).status).toBe(401);
  });

  it('moves a session that is used past its absolute end', async () => {
    let { refreshToken } = await signIn();
    for (let day = 0; day < 25; day += 5) {
      await advance(5 * DAY);
      const { status, body } = await post('/auth/refresh', { refreshToken });
      expect(status).toBe(200);
      refreshToken = String(body.refreshToken);
    }
    await advance(5 * DAY + 60);
    expect((await post('/auth/refresh', { refreshToken })).status).toBe(401);
  });

  it('moves a one-time code past its end', async () => {
    const phone = '+919999900007';
    expect((await post('/auth/otp/request', { phone })).status).toBe(200);
    await advance(301);
    expect((await post('/auth/otp/verify', { phone, code: '123456' })).status).not.toBe(200);
    expect((await post('/auth/otp/request', { phone })).status).toBe(200);
    expect((await post('/auth/otp/verify', { phone, code: '123456' })).status).toBe(200);
  });

  it('moves a link to reset a password past its end', async () => {
    const newPassword = 'Another horse 456';
    const requestLink = async () => {
      await post('/auth/forgot-password', { email: ADA.email });
      const { body } = await call('GET', `/dev/messages?limit=1&to=${ADA.email}`);
      const [{ link = '' } = {}] = body as unknown as { link?: string }[];
      return /token=([^&]+)/.exec(link)?.[1];
    };
    const expired = await requestLink();
    await advance(1801);
    expect(await post('/auth/reset-password', { token: expired, newPassword })).toMatchObject({
      status: 400,
      body: { code: 'reset_token_invalid' },
    });
    const token = await requestLink();
    await advance(1700);
    expect(await post('/auth/reset-password', { token, newPassword })).toMatchObject({ status: 200 });
  });

  it('moves the wait after wrong passwords past its end', async () => {
    for (let n = 0; n < 6; n += 1) await post('/auth/login', { ...ADA, password: 'wrong horse 123' });
    expect((await post('/auth/login', ADA)).status).toBe(429);
    await advance(SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    await signIn();
  });

  it('tells the time, sets it, and does not go back', async () => {
    const now = '2099-03-04T05:06:07.000Z';
    const set = await post('/dev/clock', { now });
    expect(Date.parse(String(set.body.now)) - Date.parse(now)).toBeLessThan(600_000);
    expect((await post('/dev/clock', { now: '2098-01-01T00:00:00Z' })).status).toBe(400);
    expect((await post('/dev/clock', { advanceSeconds: -1 })).status).toBe(400);
    // Forms of ISO 8601 that Date does not read
    for (const other of ['2101-W10-1', '2101-101']) {
      expect((await post('/dev/clock', { now: other })).status).toBe(400);
    }
    expect((await post('/dev/clock', {})).body.now).toMatch(/^2099-03-04/);
    expect((await call('GET', '/health/ready')).status).toBe(200);
    const { accessToken } = await signIn();
    expect(await me(accessToken)).toBe(200);
    await reset();
    expect(String((await post('/dev/clock', {})).body.now)).not.toMatch(/^2099/);
  });
});

describe('POST /dev/faults', () => {
  it('answers one of twenty calls at once', async () => {
    await post('/dev/faults', { operation: 'login', code: 'service_unavailable', retryAfterSeconds: 7 });
    const ends = await burst(20, () => post('/auth/login', ADA));
    const [struck, ...others] = ends.filter(({ status }) => status !== 200);
    expect(others).toEqual([]);
    expect(struck).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    expect(struck?.headers.get('retry-after')).toBe('7');
    expect((await call('GET', '/dev/faults')).body).toEqual({ pending: [] });
  });

  it('answers in the words of each contract, also below a path with an id', async () => {
    await post('/dev/faults', { contract: 'katixo', operation: 'login', code: 'internal_error' });
    const katixo = await post('/api/v1/auth/login', ADA);
    expect(katixo).toMatchObject({ status: 500, body: { success: false } });
    await post('/dev/faults', {
      contract: 'datixlab',
      operation: 'revokeApiKey',
      status: 418,
      body: { tea: true },
    });
    const { status, body } = await call('DELETE', '/v1/auth/api-keys/any');
    expect({ status, body }).toEqual({ status: 418, body: { tea: true } });
  });

  it('delays a call, or ends its connection', async () => {
    await post('/dev/faults', { operation: 'login', delayMs: 1, times: 2 });
    await signIn();
    await post('/dev/faults', { operation: 'getMe', reset: true });
    const { accessToken } = await signIn();
    await expect(me(accessToken)).rejects.toThrow();
    expect(await me(accessToken)).toBe(200);
  });

  it.each([
    [{ operation: 'nothing', status: 500 }],
    [{ operation: 'login' }],
    [{ operation: 'login', status: 500, reset: true }],
    [{ operation: 'login', code: 'no_such_code' }],
    [{ operation: 'login', status: 99 }],
  ])('refuses %j', async (fault) => {
    expect(await post('/dev/faults', fault)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
    expect((await call('GET', '/dev/faults')).body).toEqual({ pending: [] });
  });
});

it.each(['https://evil.example', 'null', 'http://203.0.113.9', 'http://localhost:1'])(
  'admits no page of %s',
  async (origin) => {
    for (const path of ['/dev/reset', '/dev/clock', '/dev/faults']) {
      expect(await call('POST', path, {}, { origin })).toMatchObject({ status: 421 });
    }
  },
);

it('admits its own pages', async () => {
  const headers = { origin: server.origin };
  expect(await call('POST', '/dev/reset', undefined, headers)).toMatchObject({ status: 204 });
});

/** Made of the e-mail address of the seed. */
const GRACE_ID = 'b64463b4-ca9c-5f9b-89c7-4e5de2faf7c6';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const messages = async () => (await call('GET', '/dev/messages')).body as unknown as unknown[];
