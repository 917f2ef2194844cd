import { gzipSync } from 'node:zlib';
import type { Client } from '../support/client.js';
import { uniqueEmail } from '../support/given.js';
import { type Operation, readOperations } from '../support/operations.js';
import { sendRaw } from '../support/raw.js';
import { useSharedApp } from '../support/test-app.js';

const LIMIT = 100 * 1024;

describe('the HTTP surface', () => {
  const t = useSharedApp();
  let operations: Operation[];
  let client: Client;
  const login = { email: uniqueEmail(), password: 'x' };
  const raw = (body: string | Buffer, type: string | null, extra: Record<string, string> = {}) =>
    client.send('POST', '/auth/login', body, {
      headers: { ...(type && { 'content-type': type }), ...extra },
    });

  beforeAll(async () => {
    client = t.client((await t.given.tenant()).accessToken);
    operations = await readOperations(t.client());
  });

  describe('media types', () => {
    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonp',
      'text/json',
      'application/json; charset=utf-16',
      'application/json; charset=latin1',
      'application/json; charset =macintosh',
      'application/json; charset=utf-8-mac',
      'application/json; charset=utf-8; charset=euc-kr',
      '*/*',
      'x',
    ])('refuses the media type %s', async (type) => {
      expect(await raw(JSON.stringify(login), type)).toBeProblem('unsupported_media_type');
    });

    it('refuses a body without a media type', async () => {
      // The client sends a body only with this header; an empty value is the nearest to none
      expect(await raw(JSON.stringify(login), ' ')).toBeProblem('unsupported_media_type');
    });

    it.each([
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      "application/json; charset='UTF-8'",
      'application/json; charset=US-ASCII',
      'application/json; charset=',
      'application/json; charset = "utf8"',
      'Application/JSON',
    ])('reads %s', async (type) => {
      // Another one each time: guesses at one are limited
      const body = JSON.stringify({ ...login, email: uniqueEmail() });
      expect(await raw(body, type)).toBeProblem('invalid_credentials');
    });

    it('reads a form only where its RFC requires one', async () => {
      const type = 'application/x-www-form-urlencoded';
      for (const { method, path, mediaTypes, name } of operations) {
        if (mediaTypes.length === 0) continue;
        const form = { headers: { 'content-type': type } };
        const { status } = await client.send(method, path, 'email=a%40example.com', form);
        const expected = ['POST /auth/introspect', 'POST /oauth/token'].includes(name) ? 400 : 415;
        expect([name, mediaTypes.includes(type), status]).toEqual([name, expected === 400, expected]);
      }
    });

    it('ignores a form where it reads no body', async () => {
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect((await client.get('/auth/verify', form)).status).toBe(204);
      expect(await client.post('/nowhere', 'a=b', form)).toBeProblem('route_not_found');
      expect(await client.post('/auth/verify', 'a=b', form)).toBeProblem('method_not_allowed');
    });
  });

  describe('size', () => {
    const padded = (size: number) => {
      const frame = JSON.stringify({ ...login, password: '' });
      return JSON.stringify({ ...login, password: 'x'.repeat(size - frame.length) });
    };

    it('is limited to 100 KiB', async () => {
      expect(await raw(padded(LIMIT), 'application/json')).toBeProblem('validation_failed');
      expect(await raw(padded(LIMIT + 1), 'application/json')).toBeProblem('body_too_large');
      expect(await raw(padded(2 * LIMIT), 'application/json')).toBeProblem('body_too_large');
    });

    it('is counted after decompression', async () => {
      for (const body of [JSON.stringify(login), padded(100 * LIMIT)]) {
        const { status } = await raw(gzipSync(body), 'application/json', { 'content-encoding': 'gzip' });
        expect([413, 415]).toContain(status);
      }
    });
  });

  describe('methods', () => {
    it('get 405 with the allowed ones listed, where the path exists for others', async () => {
      const known: Record<string, string[]> = {};
      for (const { path, method } of operations) (known[path] ??= []).push(method);
      for (const [path, methods] of Object.entries(known)) {
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
          (one) => !methods.includes(one),
        )) {
          const reply = await client.send(method, path);
          if (reply.status === 404 && /[0-9a-f]{12}/.test(path)) continue;
          expect([method, path, reply.status]).toEqual([method, path, 405]);
          if (path.startsWith('/oauth/')) expect(reply.body.code).toBe('method_not_allowed');
          else expect(reply).toBeProblem('method_not_allowed');
          const allowed = reply.headers.allow?.split(/, */) ?? [];
          expect(allowed.filter((one) => !['HEAD', 'OPTIONS'].includes(one)).sort()).toEqual(
            [...methods].sort(),
          );
        }
      }
    });

    it.each(['TRACE', 'TRACK', 'PROPFIND', 'FOO'])('do not include %s', async (method) => {
      const reply = await client.send(method, '/auth/me', undefined, { headers: { 'x-canary': 'c4n4ry' } });
      expect([400, 404, 405, 501]).toContain(reply.status);
      expect(reply.text).not.toContain('c4n4ry');
    });

    it('cannot be overridden by a header or parameter', async () => {
      const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
      expect(await client.post('/auth/me/avatar?_method=DELETE', {}, { headers })).toBeProblem(
        'method_not_allowed',
      );
    });
  });

  describe('addresses', () => {
    it.each([
      '/nothing',
      '/auth',
      '/auth/nothing',
      '/auth/login/x',
      '/admin',
      '/.env',
      '/.git/config',
      '/server-status',
      '/graphql',
      '/actuator',
      '/debug',
      '/wp-login.php',
    ])('that are invalid get a problem: %s', async (path) => {
      expect(await t.get(path)).toBeProblem('route_not_found');
      expect(await t.post(path, {})).toBeProblem('route_not_found');
    });

    it.each([
      '//auth/me',
      '/auth//me',
      '/./auth/me',
      '/auth/./me',
      '/x/../auth/me',
      '/auth/%6de',
      '/auth%2fme',
      '/auth/me%2f',
      '/auth/me/',
      '/auth/me;a=b',
      '/auth/me%00',
      '/auth/me%20',
      '/AUTH/ME',
      '/auth/me.json',
      '/auth/me%',
      '/auth/%c0%af',
      '/auth/me?%',
      '/auth/me#x',
      '/public/../auth/me',
      '/auth/login/..;/me',
      'http://evil.example/auth/me',
    ])('written as %s give no access', async (path) => {
      const reply = await t
        .client()
        .send('GET', path)
        .catch(() => null);
      if (!reply) return;
      expect([400, 401, 404]).toContain(reply.status);
      expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
    });

    it('written in another way do not evade a limit', async () => {
      const attacker = t.client();
      const guess = (path: string) => attacker.post(path, { email: uniqueEmail(), password: 'x' });
      for (let index = 0; index < 20; index += 1) await guess('/auth/login');
      for (const path of [
        '//auth/login',
        '/auth//login',
        '/auth/login/',
        '/auth/%6cogin',
        '/AUTH/login',
        '/auth/login?x',
      ]) {
        expect([404, 429]).toContain((await guess(path)).status);
      }
    });
  });

  describe('bytes that are not HTTP', () => {
    it.each([
      ['a header with a control character', 'GET /auth/me HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n'],
      ['a header without a name', 'GET /auth/me HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n'],
      ['a line that is not a request', 'HELLO\r\n\r\n'],
      ['headers that never end', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`],
      [
        'two lengths',
        'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      ],
      [
        'a length and chunks',
        'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      [
        'two hosts',
        'GET /health/live HTTP/1.1\r\nHost: localhost\r\nhost: other.example\r\nConnection: close\r\n\r\n',
      ],
      ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'],
      ['a negative length', 'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}'],
    ])('get 4xx with a problem, and the connection is closed: %s', async (_, request) => {
      const answer = await sendRaw(t.server.origin, request);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
      expect(answer.toLowerCase()).toContain('connection: close');
    });
  });

  describe('every answer', () => {
    const answers = async () => {
      const anonymous = t.client();
      const replies = [
        await client.get('/auth/me'),
        await client.get('/nothing'),
        await raw('{', 'application/json'),
        await raw('x'.repeat(2 * LIMIT), 'application/json'),
        await raw('x', 'text/plain'),
        await client.send('DELETE', '/auth/login'),
        await anonymous.get('/health/ready'),
        await anonymous.get('/health/live'),
        await anonymous.get('/.well-known/jwks.json'),
        await anonymous.send('OPTIONS', '/auth/login'),
        await anonymous.get('/uploads/avatars/x.jpg'),
      ];
      for (const { method, path, fields } of operations) {
        replies.push(await anonymous.send(method, path, fields ? {} : undefined));
      }
      return replies;
    };

    it('has the security headers', async () => {
      for (const { headers } of await answers()) {
        expect(headers['strict-transport-security']).toMatch(
          /max-age=(3153\d{4}|[4-9]\d{7,})\b.*includeSubDomains/,
        );
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['referrer-policy']).toBe('no-referrer');
        expect(headers['content-security-policy']).toContain(`default-src 'none'`);
        expect(headers['content-security-policy']).toContain(`frame-ancestors 'none'`);
        expect(headers).not.toHaveProperty('x-powered-by');
        expect(headers).not.toHaveProperty('server');
        expect(JSON.stringify(headers)).not.toMatch(/fastify|nest|express|node/i);
      }
    });

    it('of an operation is not cacheable, and sets no cookie', async () => {
      const owner = await t.given.tenant();
      const replies = [
        await client.get('/auth/me'),
        await client.get('/auth/sessions'),
        await t.post('/auth/refresh', { refreshToken: owner.refreshToken }),
        await t.post('/auth/login', { email: owner.email, password: owner.password }),
        await t.post('/auth/register', t.given.registration()),
      ];
      for (const { method, path, fields } of operations) {
        if (!path.startsWith('/auth/')) continue;
        replies.push(await t.client().send(method, path, fields ? {} : undefined));
      }
      for (const { headers } of replies) {
        expect(headers['cache-control']).toMatch(/\bno-store\b/);
        expect(headers).not.toHaveProperty('set-cookie');
      }
    });

    it('with an error reveals nothing about the software', async () => {
      for (const { status, text } of await answers()) {
        if (status >= 400)
          expect(text).not.toMatch(/node_modules|\bat \w+ \(|\.ts\b|\.js\b|Error:|SELECT|postgres/);
      }
    });

    it('has a request id of its own, which the log contains', async () => {
      const [one, other] = [await t.get('/auth/me'), await t.get('/auth/me')];
      expect(one.body.instance).not.toBe(other.body.instance);
      expect(await t.writtenLog()).toContain(one.body.instance);
      expect(one.headers['x-request-id']).toBe(one.body.instance);
    });

    it('does not take its id from the caller', async () => {
      const headers = { 'x-request-id': 'mine', 'request-id': 'mine', 'x-correlation-id': 'mine' };
      expect((await t.get('/auth/me', { headers })).body.instance).not.toBe('mine');
    });
  });
});

describe('a request that never ends', () => {
  const t = useSharedApp({ HTTP_HEADERS_SECONDS: '1', HTTP_REQUEST_SECONDS: '2' });

  // src/http/http-timers.spec.ts tests the time limits: here only that the request ends, which no client can prevent
  it.each([
    ['its first line', 'GET /auth/me'],
    ['its headers', 'GET /auth/me HTTP/1.1\r\nHost: x\r\nX-A: a'],
    [
      'its body',
      'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('is aborted within %s', async (_, request) => {
    const answer = await sendRaw(t.server.origin, request);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"request_timeout"');
    expect(answer.toLowerCase()).toContain('connection: close');
  });
});
