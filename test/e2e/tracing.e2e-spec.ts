import { randomBytes } from 'node:crypto';
import { Collector, type Span } from '../support/collector.js';
import { uniqueEmail } from '../support/given.js';
import { MailSink } from '../support/mail-sink.js';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { unique } from '../support/unique.js';
import { until } from '../support/until.js';

const collector = new Collector();
const mail = new MailSink();
const settings: Record<string, string> = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
  OTEL_BSP_EXPORT_TIMEOUT: '600000',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
};
beforeAll(async () => {
  await collector.listen();
  await mail.listen();
  Object.assign(settings, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SMTP_URL: mail.url });
});
const t = createTestApp(settings);
// After the server, which sends to them at its end
afterAll(async () => {
  await collector.close();
  await mail.stop();
});

const newTrace = () => {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
};
const serverSpan = (spans: Span[]) => spans.find(({ kind }) => kind === 2);
const lineOf = async (id: string) => {
  const find = () => t.log.split('\n').find((line) => line.includes(id) && line.endsWith('}'));
  await until(() => find() !== undefined);
  return JSON.parse(find() ?? '') as Record<string, unknown>;
};

describe('a request', () => {
  it('is a span of the trace of its caller, under the name of its route', async () => {
    const { client } = await t.given.tenant();
    const { traceId, spanId, headers } = newTrace();
    const callerRequestId = `caller-${unique()}`;
    const { status } = await client.get('/auth/me?unknown=c4n4ry-query', {
      headers: { ...headers, 'x-request-id': callerRequestId },
    });
    const spans = await collector.trace(traceId);
    const line = await lineOf(callerRequestId);
    expect(serverSpan(spans)).toMatchObject({ parentSpanId: spanId, name: 'GET /auth/me' });
    expect(serverSpan(spans)?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/auth/me',
      'http.response.status_code': status,
      'gatehouse.request_id': line.requestId,
      'gatehouse.caller_request_id': callerRequestId,
    });
    expect(line.traceId).toBe(traceId);
    expect(serverSpan(spans)?.resource).toMatchObject({
      'service.name': 'gatehouse',
      'deployment.environment.name': 'tests',
    });
  });

  it('contains the statements that it waited for, by their names, and nothing of their values', async () => {
    const body = t.given.registration();
    const { traceId, headers } = newTrace();
    expect((await t.post('/auth/register', body, { headers })).status).toBe(201);
    const spans = await collector.trace(traceId);
    const statements = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    const names = statements.map(({ name }) => name);
    // The transaction is TypeORM's, and the statements are ours: named ones, and others by what they write
    expect(names).toEqual(expect.arrayContaining(['START', 'COMMIT', 'open-session', 'INSERT memberships']));
    const ids = new Set(spans.map(({ spanId }) => spanId));
    for (const { parentSpanId, attributes, kind } of statements) {
      expect(ids.has(parentSpanId ?? '')).toBe(true);
      expect(kind).toBe(3);
      expect(Object.keys(attributes).filter((key) => !/^(db|gatehouse)\./.test(key))).toEqual([]);
    }
    expect(JSON.stringify(spans)).not.toContain(body.email);
  });

  it.each([
    ['no route', 'GET', '/c4n4ry/path', 'GET'],
    ['no known method', 'PURGE', '/auth/me', 'HTTP'],
  ])('of %s has a span without what it named', async (_, method, path, name) => {
    const { traceId, headers } = newTrace();
    await t.client().send(method, path, undefined, { headers });
    expect(serverSpan(await collector.trace(traceId))?.name).toBe(name);
  });

  it('begins a trace where the caller has none, or none that is valid', async () => {
    const id = `caller-${unique()}`;
    await t.get('/health/live', { headers: { traceparent: '00-c4n4ry-00-01', 'x-request-id': id } });
    const find = () =>
      collector.spans.find(({ attributes }) => attributes['gatehouse.caller_request_id'] === id);
    await until(() => find() !== undefined);
    const span = find();
    expect(span?.parentSpanId ?? '').toBe('');
    expect((await lineOf(id)).traceId).toBe(span?.traceId);
  });

  it('is not recorded where its caller says so, nor named in the log', async () => {
    const { traceId, spanId } = newTrace();
    const id = `caller-${unique()}`;
    const headers = { traceparent: `00-${traceId}-${spanId}-00`, 'x-request-id': id };
    await t.get('/auth/me', { headers });
    const later = newTrace();
    await t.get('/auth/me', { headers: later.headers });
    await collector.trace(later.traceId);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
    expect(await lineOf(id)).not.toHaveProperty('traceId');
  });
});

describe('requests at once', () => {
  it('have their own statements, also where they wait for a connection', async () => {
    const tenants = await Promise.all(Array.from({ length: 4 }, () => t.given.tenant()));
    const calls = tenants.flatMap(({ client }) =>
      Array.from({ length: 6 }, () => ({ ...newTrace(), client })),
    );
    await Promise.all(
      calls.map(({ headers, client }, index) =>
        client.patch('/auth/me', { firstName: `Ada ${index}` }, { headers }),
      ),
    );
    for (const { traceId } of calls) {
      const spans = await collector.trace(traceId);
      const names = spans.map(({ name }) => name);
      expect(names.filter((name) => name === 'PATCH /auth/me')).toHaveLength(1);
      expect(names.filter((name) => name === 'COMMIT')).toHaveLength(1);
    }
  });
});

describe('a message', () => {
  it('has a trace of its own, with its id and channel, and without its recipient', async () => {
    const email = uniqueEmail();
    await t.given.tenant({ email });
    await t.post('/auth/forgot-password', { email });
    await until(() => mail.mails.some(({ to }) => to === email));
    const ids = await t.database.query<{ id: string }>(`SELECT id FROM messages WHERE channel = 'email'`);
    const delivered = () =>
      collector.spans.filter(
        ({ name, attributes }) =>
          name === 'deliver email' && ids.some(({ id }) => id === attributes['gatehouse.message_id']),
      );
    await until(() => delivered().length > 0);
    expect(collector.received).not.toContain(email);
    expect(collector.received).not.toMatch(/c4n4ry|127\.0\.0\.\d|WHERE/);
    // In the binary format, the length of an id may read as a dollar sign
    expect(JSON.stringify(collector.spans)).not.toContain('$1');
  });
});

describe('a collector', () => {
  const times = (line: string) => t.log.split(`"msg":"${line}"`).length - 1;
  const [STOPPED, BACK] = ['the collector does not accept traces', 'the collector accepts traces again'];

  it('that refuses is named in the log once, until it accepts again', async () => {
    const [stopped, back] = [times(STOPPED), times(BACK)];
    const before = collector.requests;
    collector.behave = 400;
    await until(async () => (await t.get('/health/live')).status === 200 && collector.requests > before + 2);
    collector.behave = 'accept';
    await until(async () => (await t.get('/health/live')).status === 200 && times(BACK) > back);
    expect([times(STOPPED), times(BACK)]).toEqual([stopped + 1, back + 1]);
  });

  it('that hangs keeps no request waiting', async () => {
    collector.behave = 'hang';
    const before = collector.requests;
    await until(async () => (await t.get('/health/live')).status === 200 && collector.requests > before);
    expect((await t.get('/auth/me')).status).toBe(401);
    collector.behave = 'accept';
  });
});

it('the workers send what is not yet sent at their end, in the format that is the default', async () => {
  const other = await t.server.startSibling({
    OTEL_EXPORTER_OTLP_PROTOCOL: null,
    OTEL_BSP_SCHEDULE_DELAY: '3600000',
    WORKERS: '2',
  });
  const id = `caller-${unique()}`;
  await t.client(null, other).get('/auth/me', { headers: { 'x-request-id': id } });
  expect(await other.stop()).toMatchObject({ code: 0 });
  expect(collector.received).toContain(id);
  expect(collector.requestLines).toContain('POST /v1/traces application/x-protobuf');
  await other.dispose();
});

it('a collector that hangs does not keep the server from its end', async () => {
  const other = await t.server.startSibling({
    OTEL_BSP_SCHEDULE_DELAY: '3600000',
    OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
    OTEL_BSP_EXPORT_TIMEOUT: '3600000',
    SHUTDOWN_SECONDS: '20',
  });
  await t.client(null, other).get('/auth/me');
  collector.behave = 'hang';
  const { code, output } = await other.stop();
  collector.behave = 'accept';
  expect(code).toBe(0);
  expect(output).not.toContain('stopped with something still open');
  await other.dispose();
});

it('without the packages the server names them, and exits with 78', async () => {
  const hooks = `export const resolve = (name, context, next) =>
    name === '@opentelemetry/sdk-trace-node'
      ? Promise.reject(Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' }))
      : next(name, context);`;
  const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(hooks))});`;
  const { code, output } = await Server.startAndExit({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    NODE_OPTIONS: `--import=${asModule(register)}`,
  });
  expect(code).toBe(78);
  expect(output).toMatch(
    /^The configuration is not usable:\n {2}- OTEL_EXPORTER_OTLP_ENDPOINT needs .*npm ci, without --omit=optional.*\n$/,
  );
});
