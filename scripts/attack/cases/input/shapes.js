import { gzipSync } from 'node:zlib';
import { sendBytes } from '../../http/send-bytes.js';
import { tenant } from '../../world/people.js';

const area = 'input';
const LOGIN = '/auth/login';

/** Operations that would end the session, the account or the organisation that the case works with. */
const ENDING = /logout|\/users\/me$|transfer/;

/**
 * Every field of every JSON body of the primary contract with this JSON text in it: no response is of 500 or above.
 */
async function expectNoFault(t, look, values) {
  const { client } = await tenant(t);
  const { schemas = {} } = t.target.documents.primary.components;
  const operations = t.world.operations({ takesJson: true }).filter(({ template }) => !ENDING.test(template));
  for (const { name, method, path, schema = {} } of operations) {
    if (path.startsWith('/api/') || path.startsWith('/v1/')) continue;
    const { properties = {} } = schemas[schema.$ref?.split('/').pop()] ?? schema;
    for (const value of values) {
      const members = Object.keys(properties).map((field) => `${JSON.stringify(field)}:${value}`);
      const { status } = await client.send(method, path, `{${members.join()}}`);
      look.holds(`${name} with ${value.slice(0, 20)}: ${status}`, status < 500, 'below 500');
    }
  }
}

const shapes = (name, title, values, recalls) => ({
  id: `input-${name}`,
  area,
  title,
  recalls,
  expected: 'no response of 500 or above',
  budget: 320,
  run: (t, look) => expectNoFault(t, look, values),
});

const BAD_JSON = [
  '{',
  '{"email":}',
  '{"a":1,}',
  "{'a':1}",
  '{"a":NaN}',
  '{"a":0x10}',
  '{"a":1} {"b":2}',
  '// x\n{}',
  '<a/>',
  '"x"',
  '[]',
  'null',
  '1',
  '',
];

export const SHAPES = [
  shapes(
    'control-characters',
    'NUL, line breaks, lone surrogates and bidi marks in every field',
    ['"\\u0000"', '"a\\u0000b@example.com"', '"\\ud800"', '"\\r\\nBcc: a@b.c"', '"\\u202e\\u2066"'],
    'past-bugs S2: text that the database cannot store; OWASP ASVS V2.2.1',
  ),
  shapes(
    'wrong-types',
    'Numbers, booleans, lists, objects and null in every field',
    ['null', 'true', '0', '[]', '{}', '["a@example.com"]'],
    'CVE-2022-39263 Auth.js (types)',
  ),
  shapes(
    'strange-objects',
    'Objects that look like queries or like the prototype, and huge numbers, in every field',
    ['{"$gt":""}', '{"toString":1}', '{"length":99}', '1e999', '-1', '99999999999999999999999'],
    'past-bugs S3: unknown words; OWASP ASVS V15.3.5',
  ),
  {
    id: 'input-prototype',
    area,
    title: 'Members that address the prototype, plain and escaped, at the top and inside',
    recalls: 'OWASP ASVS V15.3.6 (prototype pollution)',
    expected: '400, and no object gains a member',
    run: async (t, look) => {
      const client = t.client();
      const bodies = [
        '{"__proto__":{"admin":true}}',
        '{"constructor":{"prototype":{"admin":true}}}',
        '{"email":{"__proto__":null}}',
        '{"\\u005f_proto__":1}',
        '{"a":{"b":{"__proto__":{"role":"admin"}}}}',
      ];
      for (const body of bodies) {
        for (const path of [LOGIN, '/auth/register', '/auth/refresh'])
          look.refused(`${path} ${body.slice(0, 20)}`, await client.post(path, body), 400);
      }
      const { body } = await t.as(t.home).get('/auth/me');
      look.holds('admin in me', body.admin === undefined, 'nothing gained');
    },
  },
  {
    id: 'input-broken-json',
    area,
    title: 'Bodies that are not JSON, or not an object',
    recalls: 'OWASP ASVS V2.2.1',
    expected: '400',
    run: async (t, look) => {
      const client = t.client();
      for (const body of BAD_JSON) look.refused(JSON.stringify(body), await client.post(LOGIN, body), 400);
    },
  },
  {
    id: 'input-deep-json',
    area,
    title: 'Bodies nested thousands of levels deep, or with thousands of members',
    recalls: 'OWASP ASVS V15.2.2; CVE-2026-62317 Logto',
    expected: '400',
    run: async (t, look) => {
      const client = t.client();
      const bodies = {
        'deep objects': `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`,
        'deep lists': `{"email":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
        'unfinished lists': '['.repeat(90_000),
        'many members': JSON.stringify(
          Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1])),
        ),
        'many objects': `{"email":[${'{"a":1},'.repeat(5_000)}1]}`,
      };
      for (const [what, body] of Object.entries(bodies))
        look.refused(what, await client.post(LOGIN, body), 400);
      look.answered('afterwards', await client.get('/health/live'), 200);
    },
  },
  {
    id: 'input-duplicate-members',
    area,
    title: 'A body that names the address, the password or the token twice',
    recalls: 'past-bugs S10: duplicate claims; request smuggling between two parsers',
    expected: 'refused: no sign-in and no message',
    run: async (t, look) => {
      const client = t.client();
      const bodies = {
        [LOGIN]: '{"email":"a@example.com","email":"b@example.com","password":"x","password":"y"}',
        '/auth/refresh': `{"refreshToken":"x","refreshToken":"y"}`,
        '/auth/reset-password': '{"token":"x","token":"y","newPassword":"z","newPassword":"w"}',
      };
      for (const [path, body] of Object.entries(bodies))
        look.refused(path, await client.post(path, body), 400, 401);
    },
  },
  {
    id: 'input-media-types',
    area,
    title: 'Bodies of other media types and character sets, as a form on another site could send',
    recalls: 'better-auth#10368 (a cross-origin call without cookies); OWASP ASVS V3.5.2',
    expected: '415',
    run: async (t, look) => {
      const client = t.client();
      const body = JSON.stringify({ email: 'a@example.com', password: 'x' });
      const types = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
        'text/json',
        'application/jsonp',
        'application/json; charset=utf-16',
        '*/*',
        'x',
      ];
      for (const type of types) {
        for (const path of [LOGIN, '/auth/forgot-password'])
          look.refused(type, await client.post(path, body, { headers: { 'content-type': type } }), 415);
      }
    },
  },
  {
    id: 'input-too-large',
    area,
    title: 'A body above the limit, plain and compressed',
    recalls: 'OWASP ASVS V15.2.2 (a decompression bomb)',
    expected: '413, or 415 for compressed ones',
    run: async (t, look) => {
      const client = t.client();
      const body = JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(200 * 1024) });
      look.refused('200 KiB', await client.post(LOGIN, body), 413);
      const bomb = gzipSync(
        JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(20 * 1024 * 1024) }),
      );
      for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
        look.refused(
          encoding,
          await client.post(LOGIN, bomb, { headers: { 'content-encoding': encoding } }),
          413,
          415,
        );
      }
    },
  },
  {
    id: 'input-methods',
    area,
    title: 'Methods that a path does not support, and TRACE, which would echo credentials',
    recalls: 'OWASP ASVS V13.4.4',
    expected: '404 or 405, and nothing is echoed',
    run: async (t, look) => {
      const client = t.client();
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
        look.refused(`${method} ${LOGIN}`, await client.send(method, LOGIN), 404, 405);
      for (const method of ['TRACE', 'TRACK', 'PROPFIND', 'DEBUG']) {
        const reply = await client.send(method, '/auth/me', undefined, { headers: { 'x-canary': 'c4n4ry' } });
        look.holds(
          `${method}: ${reply.status}`,
          [400, 404, 405, 501].includes(reply.status),
          `${reply.status}`,
        );
        look.holds(`${method} echoes`, !reply.text.includes('c4n4ry'), 'no echo');
      }
    },
  },
  {
    id: 'input-smuggling',
    area,
    title: 'Requests with two lengths, a length and chunks, or bytes that are not HTTP',
    recalls: 'RFC 9112 §6.3 (request smuggling); CVE-2026-34076 / GHSA-gjxx Clerk',
    expected: '4xx, and the connection is closed',
    run: async (t, look) => {
      const requests = {
        'two lengths':
          'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
        'a length and chunks':
          'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'chunks in disguise':
          'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
        'a control character': 'GET /auth/me HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n',
        'no request': 'HELLO\r\n\r\n',
      };
      for (const [what, bytes] of Object.entries(requests)) {
        const answer = await sendBytes(t.target.origin, bytes);
        const statuses = answer.match(/^HTTP\/1\.1 \d+/gm) ?? [];
        look.holds(`${what}: ${statuses}`, statuses.length === 1 && / 4\d\d$/.test(statuses[0]), '4xx');
      }
    },
  },
];
