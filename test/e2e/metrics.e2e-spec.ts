import pg from 'pg';
import { ApiKeys } from '../support/api-keys.js';
import { burst } from '../support/burst.js';
import type { Reply } from '../support/client.js';
import { PASSWORD, unique } from '../support/given.js';
import { Phones, uniquePhone } from '../support/phone.js';
import { Exposition } from '../support/prometheus.js';
import type { Server } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

const REQUESTS = 'http_request_duration_seconds_count';
const SIGN_INS = 'gatehouse_sign_ins_total';
const REFUSALS = 'gatehouse_refusals_total';

/** Metric name, labels, and the increase. */
type Change = [name: string, labels: Record<string, string>, by: number];

describe('the metrics', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const phones = new Phones(t);
  const scrape = async () => new Exposition((await t.get('/metrics')).text);

  /**
   * The act increases the metrics by exactly this; a request is counted a moment after its response has been sent.
   */
  const expectChanges = async (act: () => Promise<unknown>, changes: Change[]) => {
    const before = await scrape();
    await act();
    let after = before;
    const done = () =>
      changes.map(([name, labels]) => after.total(name, labels) - before.total(name, labels));
    await until(async () => {
      after = await scrape();
      return done().every((by, at) => by >= (changes[at]?.[2] ?? 0));
    });
    expect(changes.map(([name, labels], at) => [name, labels, done()[at]])).toEqual(changes);
    return after;
  };

  it('are a page that Prometheus reads, with every metric an operator needs', async () => {
    const { status, headers } = await t.get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    let page = await scrape();
    // It waits two seconds for the database
    await until(async () => (page = await scrape()).total('gatehouse_ready') === 1);
    expect(page.names).toEqual(
      expect.arrayContaining([
        'http_request_duration_seconds',
        SIGN_INS,
        REFUSALS,
        'gatehouse_messages_waiting',
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'nodejs_eventloop_lag_seconds',
      ]),
    );
    expect(page.series('gatehouse_build_info')).toEqual([
      {
        name: 'gatehouse_build_info',
        labels: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
        value: 1,
      },
    ]);
    expect(Math.abs(page.total('gatehouse_clock_skew_seconds'))).toBeLessThan(60);
    expect(page.series('gatehouse_password_hashes')).toHaveLength(2);
    for (const pool of ['no_tenant', 'every_tenant']) {
      const most = page.total('gatehouse_database_connections_max', { pool });
      expect(most).toBe(5);
      expect(page.total('gatehouse_database_connections', { pool })).toBeLessThanOrEqual(most);
      expect(page.series('gatehouse_database_waiting', { pool })).toHaveLength(1);
    }
    // No transport, so no message waits
    expect(page.series('gatehouse_messages_waiting')).toEqual([]);
  });

  it('count requests, denials and sign-ins by password', async () => {
    const owner = await t.given.tenant();
    const login = (password: string) => t.post('/auth/login', { email: owner.email, password });
    const route = { method: 'POST', route: '/auth/login' };
    const act = async () => {
      await login('not the password');
      await burst(3, () => login(PASSWORD));
      await burst(3, () => login('not the password'));
      await burst(20, () => t.get('/health/live?x=1'));
    };
    await expectChanges(act, [
      [REQUESTS, { ...route, status: '200' }, 3],
      [REQUESTS, { ...route, status: '401' }, 4],
      [REQUESTS, { route: '/health/live' }, 20],
      [REQUESTS, { route: '/auth/register' }, 0],
      [REFUSALS, { code: 'invalid_credentials' }, 4],
      [REFUSALS, {}, 4],
      [SIGN_INS, { outcome: 'signed_in', method: 'pwd' }, 3],
      [SIGN_INS, { outcome: 'refused', method: 'pwd' }, 4],
      [SIGN_INS, {}, 7],
    ]);
  });

  it('count both steps of a sign-in with a second factor, under the method of the first', async () => {
    const owner = await twoFactor.owner();
    const act = async () => {
      const tempToken = await twoFactor.tempToken(owner);
      const right = owner.authenticator.code();
      const wrong = owner.authenticator.wrongCode();
      expect(await twoFactor.verify(tempToken, wrong)).toBeProblem('two_factor_code_invalid');
      expect((await twoFactor.verify(tempToken, right)).status).toBe(200);
      expect(await twoFactor.verify(tempToken, right)).toBeProblem('temp_token_invalid');
    };
    await expectChanges(act, [
      [SIGN_INS, { outcome: 'second_factor_required', method: 'pwd' }, 1],
      [SIGN_INS, { outcome: 'refused', method: 'pwd' }, 1],
      [SIGN_INS, { outcome: 'signed_in', method: 'pwd' }, 1],
      [SIGN_INS, { outcome: 'refused', method: 'unknown' }, 1],
      [SIGN_INS, {}, 4],
      [REFUSALS, { code: 'two_factor_code_invalid' }, 1],
    ]);
  });

  it('count sign-ins by code, in every contract, and not registrations', async () => {
    const { phone } = await phones.account();
    await t.database.pass(120);
    const act = async () => {
      await phones.signupToken(uniquePhone());
      await t.given.tenant();
      await t.post('/api/v1/auth/otp/request', { phone });
      const otp = await phones.code(phone);
      expect((await t.post('/api/v1/auth/otp/verify', { phone, otp })).status).toBe(200);
      expect((await t.post('/api/v1/auth/otp/verify', { phone, otp })).status).toBe(400);
    };
    await expectChanges(act, [
      [SIGN_INS, { outcome: 'signed_in', method: 'otp' }, 1],
      [SIGN_INS, { outcome: 'refused', method: 'otp' }, 1],
      [SIGN_INS, {}, 2],
      [REFUSALS, { code: 'otp_invalid' }, 1],
      [REQUESTS, { route: '/api/v1/auth/otp/verify' }, 2],
    ]);
  });

  it('label routes by their pattern, and contain no personal data', async () => {
    const owner = await t.given.tenant();
    const other = await t.given.login(owner);
    const member = await t.given.member(owner);
    const { phone, client } = await phones.account();
    const key = await new ApiKeys(t).create(owner);
    await new ApiKeys(t).use(key.key);
    const reset = await t.given.resetToken(owner);
    await t.get(`/auth/reset-password/validate?token=${reset}`);
    await client.get('/auth/me');
    const { data } = (await owner.client.get('/auth/sessions')).body;
    const ended = data.find(({ current }) => !current)?.id ?? '';
    // The server may have run other suites before
    await expectChanges(
      () => owner.client.delete(`/auth/sessions/${ended}`),
      [[REQUESTS, { method: 'DELETE', route: '/auth/sessions/:id', status: '204' }, 1]],
    );
    await owner.client.get(`/tenants/current/members/${member.user.id}`);
    await t.get(`/${key.key}/${owner.email}?token=${reset}`);
    await t.get(`/problems/${unique()}`);
    await t.get('/%ZZ');

    const { text } = await t.get('/metrics');
    const page = new Exposition(text);
    const [tokens, emails] = [
      [owner, other, member],
      [owner.email, member.email],
    ];
    const secrets = [
      ...tokens.flatMap((one) => [
        one.accessToken,
        one.refreshToken,
        one.user.id,
        one.tenant.id,
        one.tenant.slug,
      ]),
      ...[...emails, phone, phone.slice(1), key.key, key.id, key.prefix, key.lastFour, reset, ended],
    ];
    expect(secrets.filter((secret) => secret === '' || text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|@|\beyJ|127\.0\.0\.1/);
    const labels = new Set(page.series(REQUESTS).flatMap((one) => Object.keys(one.labels)));
    expect([...labels].sort()).toEqual(['method', 'route', 'status']);
  });

  it('use one label for all unknown routes, and one for all unknown methods', async () => {
    const walk = (prefix: string) =>
      burst(100, (index) =>
        t.client().send(index % 2 ? 'GET' : 'PROPFIND', `/${prefix}/${unique()}-${index}`),
      );
    const first = await expectChanges(
      () => walk('a'),
      [[REQUESTS, { route: 'unknown', status: '404' }, 100]],
    );
    const second = await expectChanges(
      () => walk('b'),
      [
        [REQUESTS, { route: 'unknown', status: '404', method: 'GET' }, 50],
        [REQUESTS, { route: 'unknown', status: '404', method: 'other' }, 50],
        [REFUSALS, { code: 'route_not_found' }, 100],
      ],
    );
    const unknown = (page: Exposition) => page.series(REQUESTS, { route: 'unknown' }).length;
    expect(unknown(second)).toBe(unknown(first));
    expect(second.series(REQUESTS, { route: 'unknown', status: '404', method: 'other' })).toHaveLength(1);
  });
});

describe('the metrics of a server that cannot send messages', () => {
  // With connections beside the deliveries that a locked table delays
  const t = useSharedApp({ SMTP_URL: 'smtp://127.0.0.1:9', DATABASE_POOL_SIZE: '40' });
  const scrape = async () => new Exposition((await t.get('/metrics')).text);
  const waiting = 'gatehouse_messages_waiting';

  it('report how many messages wait, by channel', async () => {
    await burst(3, () => t.given.tenant());
    // A message that is being tried does not wait
    let page = await scrape();
    await until(async () => (page = await scrape()).total(waiting) === 3);
    expect(page.series(waiting)).toEqual([{ name: waiting, labels: { channel: 'email' }, value: 3 }]);
  });

  it('query the database once for any number of scrapes, and wait for no table', async () => {
    const asking = () =>
      t.database.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND query LIKE '%unnest($1::text[]) AS queue%'
           AND pid <> pg_backend_pid()`,
      );
    const locker = new pg.Client({ connectionString: t.database.url });
    await locker.connect();
    try {
      await locker.query('BEGIN');
      await locker.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
      for (let round = 0; round < 2; round += 1) {
        const replies = await burst(20, () => t.get('/metrics'));
        await until(async () => (await asking()).length > 0);
        expect(await asking()).toHaveLength(1);
        for (const { status, text } of replies) {
          const page = new Exposition(text);
          expect([status, page.total('gatehouse_ready'), page.series(waiting)]).toEqual([200, 1, []]);
        }
      }
    } finally {
      await locker.end();
    }
    await until(async () => (await scrape()).series(waiting).length === 1);
  });
});

describe('the metrics of SMS that are not sent', () => {
  const settings = { THROTTLE_ENABLED: null, SMS_DAILY_BUDGET: '3', SMS_HOLD_AFTER: '2' };
  const beside = useWarmProcess();
  const t = useSharedApp(settings);
  let second: Server;
  /** Of the second, whose process has run others. */
  let logStart: number;
  const block = (first: number) => (index: number) => `+91981111${first + index}`;
  /** At both servers at once. */
  const ask = (numbers: string[]) =>
    burst(numbers.length, (index) =>
      t
        .client(null, index % 2 === 0 ? t.server : second)
        .post('/auth/otp/request', { phone: numbers[index] }),
    );
  const total = async (name: string, reason: string) => {
    const pages = [await t.get('/metrics'), await t.client(null, second).get('/metrics')];
    return pages.reduce((sum, { text }) => sum + new Exposition(text).total(name, { reason }), 0);
  };
  const logs = async () => [await t.writtenLog(), (await t.writtenLog(second)).slice(logStart)];
  const warnings = async () =>
    (await logs())
      .flatMap((log) => log.split('\n'))
      .filter((line) => /"msg":"sms_/.test(line))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .sort((one, other) => String(other.msg).localeCompare(String(one.msg)));

  beforeAll(async () => {
    second = await beside.serveBeside(t.server, settings);
    logStart = (await t.writtenLog(second)).length;
  });

  it('count each, and a hold and a spent budget once for both servers, with one warning each', async () => {
    const replies = await ask(Array.from({ length: 12 }, (_, index) => block(1000)(index)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    await until(async () => (await total('gatehouse_sms_alerts_total', 'verification_ratio')) > 0);
    expect(await total('gatehouse_sms_withheld_total', 'verification_ratio')).toBe(10);

    await ask(Array.from({ length: 12 }, (_, index) => `+9198222${index + 10}1000`));
    await until(async () => (await total('gatehouse_sms_alerts_total', 'daily_budget')) > 0);
    expect(await total('gatehouse_sms_withheld_total', 'daily_budget')).toBe(11);

    await ask(['+919811119999', '+919833331000']);
    // The hold of the block is the narrower reason
    expect(await total('gatehouse_sms_withheld_total', 'verification_ratio')).toBe(11);
    expect(await total('gatehouse_sms_withheld_total', 'daily_budget')).toBe(12);
    expect(await total('gatehouse_sms_alerts_total', 'daily_budget')).toBe(1);
    expect(await total('gatehouse_sms_alerts_total', 'verification_ratio')).toBe(1);
    expect(await warnings()).toMatchObject([
      { level: 'warn', msg: 'sms_hold_began', reason: 'verification_ratio', country: 'IN' },
      { level: 'warn', msg: 'sms_budget_spent', reason: 'daily_budget', max: 3 },
    ]);
    const written = (await logs()).join('');
    for (const phone of replies.map((_, index) => block(1000)(index)))
      expect(written).not.toContain(phone.slice(1));
  });
});

describe('the metrics of a server without its database', () => {
  const t = useSharedApp();
  let way: TcpProxy;
  beforeAll(async () => {
    way = await TcpProxy.to(t.database.url);
    await t.server.restart({ DATABASE_URL: way.url });
  });
  afterAll(() => way.close());

  it('exist, and report that it is not ready', async () => {
    await until(async () => new Exposition((await t.get('/metrics')).text).total('gatehouse_ready') === 1);
    way.cut();
    await t.post('/auth/login', { email: 'somebody@example.com', password: PASSWORD });
    const { status, text } = await t.get('/metrics');
    const page = new Exposition(text);
    expect(status).toBe(200);
    expect(page.series('gatehouse_ready')).toHaveLength(1);
    expect(page.total('gatehouse_ready')).toBe(0);
    expect(page.total(REFUSALS, { code: 'service_unavailable' })).toBe(1);
    // A failure on our side is not a denial
    expect(page.total(SIGN_INS)).toBe(0);
    expect(page.series('process_start_time_seconds')).toHaveLength(1);
    way.restore();
    await until(async () => new Exposition((await t.get('/metrics')).text).total('gatehouse_ready') === 1);
  });
});

describe('in production', () => {
  const production = { NODE_ENV: 'production', THROTTLE_ENABLED: null };

  describe('without METRICS_TOKEN', () => {
    const t = createTestApp(production);

    it.each(['GET', 'HEAD', 'POST', 'OPTIONS'])('do not exist, for %s either', async (method) => {
      const [metrics, nothing] = [
        await t.client().send(method, '/metrics'),
        await t.client().send(method, '/metrjcs'),
      ];
      const same = ({ status, headers, text, body }: Reply) => [
        status,
        Object.entries({ ...headers, date: '', 'x-request-id': '' }),
        text.replace(body.instance, ''),
      ];
      expect(metrics.status).toBe(404);
      expect(same(metrics)).toEqual(same(nothing));
    });
  });

  describe('with METRICS_TOKEN', () => {
    const METRICS_TOKEN = 'c2NyYXBl+the/house-of_2026.~=';
    const t = createTestApp({ ...production, METRICS_TOKEN });
    const scrape = (authorization?: string) =>
      t.get('/metrics', { headers: authorization === undefined ? {} : { authorization } });

    it('need the token', async () => {
      const { status, text } = await scrape(`Bearer ${METRICS_TOKEN}`);
      expect(status).toBe(200);
      expect(new Exposition(text).total('gatehouse_ready')).toBe(1);
      expect(await t.writtenLog()).not.toContain(METRICS_TOKEN);
    });

    it.each([
      ['nothing', undefined],
      ['an empty token', 'Bearer '],
      ['another', 'Bearer c2NyYXBl+the/house-of_2026.~=='],
      ['a part of it', `Bearer ${METRICS_TOKEN.slice(0, -1)}`],
      ['it in capitals', `Bearer ${METRICS_TOKEN.toUpperCase()}`],
      ['it as a password', `Basic ${Buffer.from(`:${METRICS_TOKEN}`).toString('base64')}`],
      ['it without a scheme', METRICS_TOKEN],
    ])('are refused to %s', async (_, authorization) => {
      const reply = await scrape(authorization);
      expect(reply).toBeProblem('authentication_required');
      expect(reply.text).not.toMatch(/gatehouse_|process_/);
    });

    it('are refused to the token in the query, and to a signed-in person', async () => {
      expect((await t.get(`/metrics?access_token=${encodeURIComponent(METRICS_TOKEN)}`)).status).toBe(401);
      const { status, body } = await t.post('/auth/register', t.given.registration());
      expect(status).toBe(201);
      expect((await scrape(`Bearer ${body.accessToken}`)).status).toBe(401);
    });
  });
});
