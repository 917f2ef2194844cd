import { ApiKeys } from '../support/api-keys.js';
import { burst } from '../support/burst.js';
import type { Account } from '../support/given.js';
import { untilWaitedFor } from '../support/locks.js';
import { sendRaw } from '../support/raw.js';
import { PATIENT_REQUESTS } from '../support/server.js';
import { FORM } from '../support/service-accounts.js';
import { useSharedApp } from '../support/test-app.js';
import { uniqueEmail } from '../support/unique.js';

const ALLOWED = 'https://app.example.com';
const PREVIEW = 'https://pr-7.preview.example.com';
const FOREIGN = 'https://app.example.com.evil.example';
const JSON_TYPE = { 'content-type': 'application/json' };

type Headers = Record<string, string>;
interface Seen {
  status: number;
  headers: Headers;
}

/** Where the headers of CORS are missing, a browser tells its page nothing but that CORS blocked the answer. */
describe('an answer to a page of another origin', () => {
  const t = useSharedApp({
    CORS_ORIGINS: `${ALLOWED},https://*.preview.example.com`,
    THROTTLE_ENABLED: null,
    HASH_CONCURRENCY: '1',
    HASH_QUEUE_LIMIT: '1',
  });
  let owner: Account;
  let key: string;
  beforeAll(async () => {
    owner = await t.given.tenant();
    ({ key } = await new ApiKeys(t).create(owner));
  });

  const send = (method: string, path: string, headers: Headers, body?: string): Promise<Seen> =>
    t.client().send(method, path, body, { headers });
  const login = (from: Headers) =>
    send(
      'POST',
      '/auth/login',
      { ...from, ...JSON_TYPE },
      JSON.stringify({ email: uniqueEmail(), password: 'x' }),
    );
  const raw = async (line: string, from: Headers, more = ''): Promise<Seen> => {
    const fields = Object.entries(from).map(([name, value]) => `${name}: ${value}\r\n`);
    const text = `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${fields.join('')}${more}\r\n`;
    const [start = '', ...lines] = ((await sendRaw(t.server.origin, text)).split('\r\n\r\n')[0] ?? '').split(
      '\r\n',
    );
    const headers = lines.map((one) => /^([^:]+): ?(.*)$/.exec(one) ?? []);
    return {
      status: Number(start.split(' ')[1]),
      headers: Object.fromEntries(headers.map(([, name = '', value = '']) => [name.toLowerCase(), value])),
    };
  };
  const oneOf = async (status: number, replies: Promise<Seen[]>) => {
    const found = (await replies).find((reply) => reply.status === status);
    if (!found) throw new Error(`No answer was ${status}`);
    return found;
  };

  /** One of each place that answers: hooks, the router, parsers, guards, handlers, and each contract. */
  const ANSWERS: [string, number, (from: Headers) => Promise<Seen>][] = [
    ['of a handler', 200, (from) => send('GET', '/health/live', from)],
    ['to a malformed URL', 400, (from) => raw('GET /%c3%28', from)],
    ['to two Host headers', 400, (from) => raw('GET /health/live', from, 'Host: other\r\n')],
    ['to text that is no JSON', 400, (from) => send('POST', '/auth/login', { ...from, ...JSON_TYPE }, '[')],
    ['to text that cannot be stored', 400, (from) => send('GET', '/auth/invite/validate?token=%00', from)],
    ['to a wrong form', 400, (from) => send('POST', '/oauth/token', { ...from, ...FORM }, 'grant_type=x')],
    ['without a credential', 401, (from) => send('GET', '/auth/me', from)],
    ['that forbids', 403, (from) => send('GET', '/auth/sessions', { ...from, 'x-api-key': key })],
    ['to an unknown path', 404, (from) => send('GET', '/no/such/path', from)],
    ['to an unknown path of another contract', 404, (from) => send('GET', '/api/v1/nothing', from)],
    ['to a wrong method', 405, (from) => send('DELETE', '/auth/login', from)],
    [
      'to a body that is too long',
      413,
      (from) => send('POST', '/auth/login', { ...from, ...JSON_TYPE }, `"${'x'.repeat(200_000)}"`),
    ],
    [
      'to a type that is not read',
      415,
      (from) => send('POST', '/auth/login', { ...from, 'content-type': 'text/csv' }, 'a;b'),
    ],
    [
      'to an encoding that is not read',
      415,
      (from) =>
        send('POST', '/auth/login', { ...from, 'content-type': 'application/json; charset=koi8-r' }, '{}'),
    ],
    [
      'to a compressed body',
      415,
      (from) => send('POST', '/auth/login', { ...from, ...JSON_TYPE, 'content-encoding': 'br' }, '{}'),
    ],
    [
      'beyond a limit',
      429,
      (from) => {
        const client = t.client();
        const ask = () => client.post('/auth/forgot-password', { email: uniqueEmail() }, { headers: from });
        return oneOf(429, burst(32, ask));
      },
    ],
    [
      'of a server that sheds load',
      503,
      (from) =>
        oneOf(
          503,
          burst(20, () => login(from)),
        ),
    ],
  ];

  const namesOf = ({ headers }: Seen) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  describe.each(ANSWERS)('%s (%i)', (_, status, answer) => {
    it.each([ALLOWED, PREVIEW])('can be read by %s', async (origin) => {
      const reply = await answer({ origin });
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([status, origin]);
      expect(reply.headers['access-control-expose-headers']).toMatch(/\bretry-after\b.*\bx-request-id\b/);
      expect(reply.headers.vary).toMatch(/\borigin\b/i);
    });

    it('cannot be read by any other', async () => {
      for (const from of [{ origin: FOREIGN }, { origin: 'null' }, {}]) {
        const reply = await answer(from as Headers);
        expect([reply.status, namesOf(reply)]).toEqual([status, []]);
        expect(reply.headers.vary).toMatch(/\borigin\b/i);
      }
    });
  });

  describe('to OPTIONS that is no preflight, is as for a client without an origin', () => {
    it.each<[string, Headers]>([
      ['with neither header', {}],
      ['with an origin only', { origin: ALLOWED }],
      ['with the origin of another page', { origin: FOREIGN }],
      ['with a method only', { 'access-control-request-method': 'GET' }],
    ])('%s', async (_, from) => {
      const all = await raw('OPTIONS *', from);
      expect([all.status, all.headers.allow]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT']);
      const me = await send('OPTIONS', '/auth/me', from);
      expect([me.status, me.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS, PATCH']);
      const unknown = await send('OPTIONS', '/no/such/path', from);
      expect([unknown.status, unknown.headers['content-type']]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
      const authorization = `Bearer ${owner.accessToken}`;
      const verified = await send('OPTIONS', '/auth/verify/invoices/9', { ...from, authorization });
      expect([verified.status, verified.headers['x-auth-user']]).toEqual([200, owner.user.id]);
      expect((await send('OPTIONS', '/auth/verify/invoices/9', from)).status).toBe(401);
      for (const reply of [all, me, unknown, verified])
        expect(namesOf(reply).filter((name) => !/-(allow-origin|expose-headers)$/.test(name))).toEqual([]);
    });
  });

  it.each(['/auth/me', '/auth/verify/invoices/9', '/no/such/path', '/%c3%a4'])(
    'to a preflight of %s is one, with headers for pages of the list only',
    async (path) => {
      const asks = { 'access-control-request-method': 'PATCH' };
      const reply = await send('OPTIONS', path, { ...asks, origin: PREVIEW });
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([204, PREVIEW]);
      expect(reply.headers).toMatchObject({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-max-age': '600',
      });
      expect(reply.headers).not.toHaveProperty('allow');
      const foreign = await send('OPTIONS', path, { ...asks, origin: FOREIGN });
      expect([foreign.status, namesOf(foreign)]).toEqual([204, []]);
    },
  );

  it('that comes too late, can be read', async () => {
    const late = await t.given.tenant();
    await t.server.restart({ REQUEST_TIMEOUT_SECONDS: '1' });
    try {
      await t.database.query('BEGIN');
      await t.database.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [late.user.id]);
      const { email, password } = late;
      const login = t.post('/auth/login', { email, password }, { headers: { origin: ALLOWED } });
      await untilWaitedFor(t.database);
      const reply = await login;
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([503, ALLOWED]);
    } finally {
      await t.database.query('ROLLBACK');
      // The other answers may take longer
      await t.server.restart(PATIENT_REQUESTS);
    }
  });
});
