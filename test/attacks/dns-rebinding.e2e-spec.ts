import { sendRaw } from '../support/raw.js';
import { useSharedApp } from '../support/test-app.js';

const PAGES = [
  '/accept-invitation',
  '/reset-password',
  '/verify-email',
  '/restore-account',
  '/revert-email-change',
  '/dev/browser/inbox.js',
];
const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';

describe('the development inbox', () => {
  const t = useSharedApp({
    PUBLIC_URL: 'http://id.gatehouse.example:8080',
    APP_URL: 'https://App.gatehouse.example/x',
  });

  /** Status and body of the response to a request with exactly these lines. */
  const ask = async (lines: string[], target = '/dev/messages', version = '1.1') => {
    const head = [`GET ${target} HTTP/${version}`, ...lines, 'Connection: close', '', ''];
    const answer = await sendRaw(t.server.origin, head.join('\r\n'));
    return { status: Number(answer.split(' ')[1]), answer };
  };

  beforeAll(() => t.given.tenant());

  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST:3000',
    'localhost.:3000',
    'gatehouse.localhost:3000',
    '127.0.0.1',
    '127.0.0.1:3000',
    '192.168.1.10:3000',
    '[::1]',
    '[::1]:3000',
    '[2001:DB8::1]:3000',
    'id.gatehouse.example',
    'id.gatehouse.example:9999',
    'ID.Gatehouse.Example.',
    'app.gatehouse.example',
  ])('answers at %s', async (host) => {
    const { status, answer } = await ask([`Host: ${host}`]);
    expect(status).toBe(200);
    expect(answer).toContain('"template":"verify-email"');
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '127-0-0-1.evil.example',
    'gatehouse.example',
    'x.id.gatehouse.example',
    'id.gatehouse.example.evil.example',
    'localhost@evil.example',
    'evil.example@localhost',
    'evil.example#localhost',
    'localhost, evil.example',
    '0x7f.0.0.1',
    '127.1',
    '2130706433',
    '[::1].evil.example',
    '::1',
    'evil.example.',
    '',
  ])('does not answer at %j', async (host) => {
    const { status, answer } = await ask([`Host: ${host}`]);
    expect([400, 421]).toContain(status);
    expect(answer).not.toContain('verify-email');
  });

  it('answers with a problem that says what to do', async () => {
    const { answer } = await ask(['Host: evil.example']);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 421 Misdirected Request/);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({
      code: 'misdirected_request',
      status: 421,
      detail: expect.stringContaining('PUBLIC_URL') as string,
    });
  });

  it.each([
    ['a forwarded host', ['Host: evil.example', 'X-Forwarded-Host: localhost']],
    ['a host forwarded in the standard way', ['Host: evil.example', 'Forwarded: host=localhost']],
    ['a second host', ['Host: localhost', 'Host: evil.example']],
    ['a second host that is in the allowed list', ['Host: evil.example', 'Host: localhost']],
    ['the page of another origin', ['Host: localhost:3000', 'Origin: http://evil.example:3000']],
    ['a page that hides its origin', ['Host: localhost:3000', 'Origin: null']],
    ['an extension', ['Host: localhost:3000', 'Origin: chrome-extension://abcdef']],
    ['an invalid origin', ['Host: localhost:3000', 'Origin: localhost']],
  ])('does not answer %s', async (_, lines) => {
    const { status, answer } = await ask(lines);
    expect([400, 421]).toContain(status);
    expect(answer).not.toContain('verify-email');
  });

  it('answers its own pages', async () => {
    for (const origin of [
      'http://localhost:3000',
      'http://127.0.0.1:3000',
      'https://app.gatehouse.example',
    ]) {
      expect((await ask(['Host: localhost:3000', `Origin: ${origin}`])).status).toBe(200);
    }
  });

  // RFC 9112 §3.2.2: the host in the target outranks the header
  it.each([
    ['http://evil.example/dev/messages', 'localhost'],
    ['http://localhost/dev/messages', 'evil.example'],
    ['HTTP://evil.example/dev/messages', 'localhost'],
    ['http://localhost@evil.example/dev/messages', 'localhost'],
  ])('does not answer at the target %s with the host %s', async (target, host) => {
    const { status, answer } = await ask([`Host: ${host}`], target);
    expect([400, 404, 421]).toContain(status);
    expect(answer).not.toContain('verify-email');
  });

  it('does not answer a request that names no host', async () => {
    expect((await ask([], '/dev/messages', '1.0')).status).toBe(421);
    expect((await ask(['Host: evil.example'], '/dev/messages', '1.0')).status).toBe(421);
    expect((await ask(['Host: localhost'], '/dev/messages', '1.0')).status).toBe(200);
  });

  it.each(['/dev/messages?to=x@example.com', '/dev/inbox', `/dev/inbox/messages/${SOME_ID}`, ...PAGES])(
    'does not answer with anything else: %s',
    async (path) => {
      expect((await ask(['Host: evil.example'], path)).status).toBe(421);
      expect((await ask(['Host: localhost'], path)).status).not.toBe(421);
    },
  );

  it('answers no search with an internal error', async () => {
    for (const to of ['a%20b', '%3Cx@example.com%3E', '%00', '%E2%80%AE', 'a%0Ab', '%20', '+', '-']) {
      const { status } = await t.get(`/dev/messages?to=${to}`);
      expect([to, status < 500]).toEqual([to, true]);
    }
  });

  it('alone checks the host: the API answers for every host', async () => {
    expect((await ask(['Host: evil.example'], '/health/live')).status).toBe(200);
    expect((await ask(['Host: evil.example'], '/auth/me')).status).toBe(401);
  });
});
