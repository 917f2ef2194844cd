import type { Client, Reply } from '../support/client.js';
import { PASSWORD, uniqueEmail } from '../support/given.js';
import { inTurn } from '../support/long.js';
import { type Operation, readOperations } from '../support/operations.js';
import { useSharedApp } from '../support/test-app.js';

describe('the input of a client', () => {
  const t = useSharedApp({ LOGIN_FAILURES_BEFORE_DELAY: '100', LOGIN_ADDRESS_FAILURES: '100000' });
  let client: Client;
  let operations: Operation[];
  const post = (body: string | Buffer, path = '/auth/login') => client.post(path, body);

  beforeAll(async () => {
    client = t.client((await t.given.tenant()).accessToken);
    operations = await readOperations(t.client());
  });

  it.each([
    '{',
    '{"email":}',
    '{"email": "a@example.com",}',
    "{'email': 1}",
    '{"email": undefined}',
    '{"a": 1} {"b": 2}',
    '{"a": NaN}',
    '{"a": 0x10}',
    '{"a": "\u0001"}',
    '// comment\n{}',
    '<xml/>',
  ])('is refused as malformed JSON: %j', async (body) => {
    expect(await post(body)).toBeProblem('malformed_json');
  });

  it.each([
    ['Latin-1', Buffer.from('{"email": "a@example.com", "password": "pässword"}', 'latin1')],
    ['half a character', Buffer.from([...Buffer.from('{"email": "'), 0xe2, 0x82, ...Buffer.from('"}')])],
    ['a surrogate in three bytes', Buffer.from([...Buffer.from('{"a": "'), 0xed, 0xa0, 0x80, 0x22, 0x7d])],
    ['UTF-16', Buffer.from('\ufeff{"email": "a@example.com"}', 'utf16le')],
  ])('is refused where it is not UTF-8: %s', async (_, body) => {
    expect(await post(body)).toBeProblem('malformed_json');
  });

  it('may begin with a byte order mark', async () => {
    const reply = await post('\ufeff{"email": "a@example.com", "password": "wrong password"}');
    expect(reply).toBeProblem('invalid_credentials');
  });

  it.each([[''], [' '], ['[]'], ['"text"'], ['null'], ['1'], ['true'], ['[{}]'], ['{}']])(
    'is an object, not %s',
    async (body) => {
      const reply = await post(body);
      expect(reply.status).toBe(400);
      expect(reply.body.code).toMatch(/^(validation_failed|malformed_json)$/);
    },
  );

  it.each([
    '{"__proto__": {"admin": true}}',
    '{"constructor": {"prototype": {"admin": true}}}',
    '{"email": {"__proto__": null}}',
    '{"a": {"b": {"__proto__": {"admin": true}}}}',
    '{"\\u005f_proto__": 1}',
  ])('reaches no prototype: %s', async (body) => {
    for (const path of ['/auth/login', '/auth/register', '/auth/invite/accept']) {
      const reply = await post(body, path);
      expect(reply.status).toBe(400);
    }
    expect((await client.get('/auth/me')).body).not.toHaveProperty('admin');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('drops no unknown member named %s', async (name) => {
    const reply = await post(JSON.stringify({ email: 'a@example.com', password: 'x', [name]: 1 }));
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors).toEqual([
      { pointer: `#/${name}`, code: 'unknown_field', detail: `property ${name} should not exist` },
    ]);
  });

  it('nests no deeper than ten', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(await post(nested(10))).toBeProblem('validation_failed');
    expect(await post(nested(11))).toBeProblem('malformed_request');
    for (const depth of [50, 1000, 15_000]) expect((await post(nested(depth))).status).toBe(400);
    expect((await post('['.repeat(50_000))).status).toBe(400);
    expect((await post(`{"email":${'['.repeat(40_000)}${']'.repeat(40_000)}}`)).status).toBe(400);
  });

  it('has no more than a thousand keys', async () => {
    const many = (length: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, 1])));
    expect(await post(many(1000))).toBeProblem('validation_failed');
    expect(await post(many(1001))).toBeProblem('malformed_request');
    expect((await post(`{"email":[${'{"a":1},'.repeat(1200)}1]}`)).status).toBe(400);
  });

  it('is UTF-8', async () => {
    const latin = Buffer.from('{"email":"\xe9@example.com","password":"x"}', 'latin1');
    expect((await post(latin)).status).toBeLessThan(500);
    expect((await post(Buffer.from('\ufeff{"email":1}', 'utf16le'))).status).toBe(400);
  });

  describe('in any field gets a status below 500', () => {
    /** Of each class one, for each field; the others in turn, unless there is time for all. */
    const worst: string[] = [
      '"\\u0000"',
      '"\\ud800"',
      `"${'a'.repeat(60_000)}"`,
      'null',
      '1e999',
      '[[]]',
      '{"toString": 1}',
    ];
    const others: string[] = [
      '"a\\u0000b@example.com"',
      '"\\udc00\\ud800"',
      '"\\ud800@example.com"',
      '"\\uffff\\ufffe"',
      '"\\u202e\\u2066"',
      `"${'@'.repeat(5000)}"`,
      `"${'a.'.repeat(20_000)}@${'b.'.repeat(10_000)}com"`,
      `"'; DROP TABLE users; --"`,
      '"%00%0a{{7*7}}${7*7}"',
      '"\\r\\nSet-Cookie: a=b"',
      '"../../../../etc/passwd"',
      'true',
      '0',
      '-1',
      '-1e999',
      '1e-999',
      '99999999999999999999999999999999999999',
      '0.1e1',
      '[]',
      '["a@example.com"]',
      '{}',
      '{"length": 99}',
      '{"$gt": ""}',
    ];
    const IN_TURN = 3;
    const nastyFor = (field: number) => [...worst, ...inTurn(others, field, IN_TURN)];
    const good: Record<string, string> = {
      email: JSON.stringify(uniqueEmail()),
      password: JSON.stringify(PASSWORD),
      newPassword: JSON.stringify(PASSWORD),
      currentPassword: JSON.stringify(PASSWORD),
      firstName: '"Ada"',
      lastName: '"Byron"',
      companyName: '"Analytical"',
      role: '"user"',
      token: '"x"',
      refreshToken: '"x"',
      tenantSlug: '"acme"',
    };

    /** The responses with 500 or above, and the errors in another contract’s format. */
    const faults = async (requests: { name: string; send: () => Promise<Reply> }[]): Promise<string[]> => {
      const faults = await Promise.all(
        requests.map(async ({ name, send }) => {
          const { status, headers } = await send();
          // RFC 6749 §5.2 has a format of its own
          const type = name.includes(' /oauth/') ? 'application/json' : 'application/problem+json';
          const isTold = status < 400 || headers['content-type']?.startsWith(type) === true;
          return status >= 500 || !isTold ? [`${name} → ${status}`] : [];
        }),
      );
      return faults.flat();
    };

    it('of every body', async () => {
      const found: string[] = [];
      let fields = 0;
      for (const operation of operations.filter(({ template }) => template !== '/auth/logout')) {
        for (const field of operation.fields ?? []) {
          const rest = (operation.fields ?? []).filter((one) => one !== field && one in good);
          const frame = rest.map((one) => `${JSON.stringify(one)}:${good[one]}`);
          const requests = nastyFor(fields).map((value) => ({
            name: `${operation.name} ${field}=${value.slice(0, 60)}`,
            send: () => {
              const body = `{${[...frame, `${JSON.stringify(field)}:${value}`].join()}}`;
              return client.send(operation.method, operation.path, body);
            },
          }));
          found.push(...(await faults(requests)));
          fields += 1;
        }
      }
      expect(found).toEqual([]);
      expect(fields).toBeGreaterThan(20);
    });

    it('of every query and path', async () => {
      const values = [
        '',
        '%00',
        '%ff',
        '%ed%a0%80',
        'a'.repeat(5_000),
        '%25',
        '[]',
        '{}',
        "'--",
        '%0d%0aX:%20y',
        '1e999',
      ];
      const found: string[] = [];
      const open = operations.filter(({ template }) => template !== '/auth/logout');
      for (const [index, { method, template, name }] of open.entries()) {
        const filled = (value: string) => template.replace(/\{\w+\}/g, value);
        const queries = values.flatMap((value) => {
          const path = filled(value);
          return [`${path}?token=${value}`, `${path}?token[]=${value}`, `${path}?__proto__[a]=${value}`];
        });
        const addresses = [...values.map(filled), ...inTurn(queries, index, 5)];
        const requests = [...new Set(addresses)].map((address) => ({
          name: `${name} ${address.slice(0, 80)}`,
          send: () => client.send(method, address),
        }));
        found.push(...(await faults(requests)));
      }
      expect(found).toEqual([]);
    });

    it('of every header', async () => {
      const names = [
        'user-agent',
        'x-forwarded-for',
        'accept',
        'accept-language',
        'cookie',
        'authorization',
        'origin',
        'referer',
        'if-none-match',
        'range',
        'idempotency-key',
      ];
      for (const name of names) {
        for (const value of ['\xff\xfe', 'a'.repeat(8000), '\u001b[31m', ';;;;', '%00', '{}']) {
          const reply = await t
            .client()
            .get('/auth/me', { headers: { [name]: value } })
            .catch(() => null);
          if (reply) expect([name, reply.status < 500]).toEqual([name, true]);
        }
      }
    });
  });

  it('leaves the server as it was', async () => {
    expect((await client.get('/health/ready')).status).toBe(200);
    expect((await t.given.login(await t.given.tenant())).user.role).toBe('admin');
  });

  it('is logged on one line each, whatever it contains', async () => {
    const headers = { 'user-agent': '\x9b2K{"level":"forged"}' };
    await t
      .client()
      .post('/auth/login', { email: 'a@example.com\n{"level":"forged"}', password: 'x' }, { headers });
    await t.client().get('/x%0a{"level":"forged"}%1b[31m');
    const lines = (await t.writtenLog()).split('\n').filter((line) => line !== '');
    const entries = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: unknown });
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter(({ level }) => level === 'forged')).toEqual([]);
    expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
  });
});
