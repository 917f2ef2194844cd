import { sendRaw } from '../support/raw.js';
import { useSharedApp } from '../support/test-app.js';
import { unique } from '../support/unique.js';

const t = useSharedApp();
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Answers of every origin: handlers, guards, the router, the parsers of bodies and of URLs. */
const ANSWERS: [string, string, number][] = [
  ['of a handler', 'GET /health/live HTTP/1.1', 200],
  ['of a guard', 'GET /auth/me HTTP/1.1', 401],
  ['of the router', 'GET /no/such/path HTTP/1.1', 404],
  ['to a wrong method', 'PATCH /auth/login HTTP/1.1', 405],
  ['to OPTIONS', 'OPTIONS /auth/login HTTP/1.1', 204],
  [
    'to a body that is not JSON',
    'POST /auth/login HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
    400,
  ],
  ['to a malformed URL', 'GET /%zz HTTP/1.1', 400],
  ['of another contract', 'GET /katixo/no/such/path HTTP/1.1', 404],
];

const ask = (request: string, headers = '') => {
  const [line = '', ...rest] = request.split('\r\n');
  const host = `Host: localhost\r\nConnection: close\r\n${headers}`;
  const tail = rest.length > 0 ? rest.join('\r\n') : '\r\n';
  return sendRaw(t.server.origin, `${line}\r\n${host}${tail}`);
};
const idOf = (answer: string) => /^x-request-id: (.*)\r$/im.exec(answer)?.[1];

describe.each(ANSWERS)('an answer %s', (_, request, status) => {
  it('has a request id of its own', async () => {
    const answer = await ask(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(idOf(answer)).toMatch(UUID);
    expect(idOf(await ask(request))).not.toBe(idOf(answer));
  });

  it('echoes the id of the caller', async () => {
    const id = `trace-${unique()}`;
    expect(idOf(await ask(request, `X-Request-Id: ${id}\r\n`))).toBe(id);
  });
});

it('an answer to what is not HTTP has a request id', async () => {
  expect(idOf(await sendRaw(t.server.origin, 'NOT HTTP\r\n\r\n'))).toMatch(UUID);
});

it.each(['', ' ', 'a b', 'a\tb', 'a"b', '<x>', 'a;b', 'a,b', 'é', 'x'.repeat(129), '{"a":1}', '../..%2f'])(
  'an id that is not accepted is neither echoed nor logged: %j',
  async (id) => {
    const answer = await ask('GET /health/live HTTP/1.1', `X-Request-Id: ${id}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(idOf(answer)).toMatch(UUID);
  },
);

it('the log line has the id of the server, and that of the caller beside it', async () => {
  const id = `caller-${unique()}`;
  const { body } = await t.get('/auth/me', { headers: { 'x-request-id': id } });
  const lines = (await t.writtenLog()).split('\n').filter((line) => line.includes(id));
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ msg: 'request', callerRequestId: id, requestId: body.instance }),
  ]);
});
