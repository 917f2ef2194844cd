import { randomBytes } from 'node:crypto';
import { Client as Connection } from 'pg';
import type { Reply } from '../support/client.js';
import type { Account } from '../support/given.js';
import { untilWaitedFor } from '../support/locks.js';
import { PATIENT_DATABASE } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { type TestApp, useSharedApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/**
 * Limits as on a healthy machine; the others are those of the suites, ten minutes. No test asserts that one is kept to the
 * second. That it is kept is seen by what comes first: an answer that arrives while the cause lasts, which the test ends
 * only after it. So each limit is alone: another would hide that it is missing.
 */
const OF_STATEMENTS = {
  DATABASE_TIMEOUT_SECONDS: '2',
  DATABASE_CONNECT_SECONDS: '2',
  REQUEST_TIMEOUT_SECONDS: '600',
};
const OF_REQUESTS = {
  DATABASE_TIMEOUT_SECONDS: '600',
  DATABASE_CONNECT_SECONDS: '600',
  REQUEST_TIMEOUT_SECONDS: '2',
};

/** A fault that one round in ten shows is missed by one run in two hundred. */
const ROUNDS = 50;

const END_CONNECTIONS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

const expectUnavailable = (reply: Reply<unknown>) => {
  expect(reply).toBeProblem('service_unavailable');
  expect(reply.headers['retry-after']).toMatch(/^\d+$/);
};
const isReady = async (t: TestApp) => (await t.get('/health/ready')).status === 200;

describe('a database that ends connections under load', () => {
  const t = useSharedApp();

  it('ends no server: every answer is a success or 503, and what was acknowledged is there', async () => {
    const owner = await t.given.tenant();
    const invited: string[] = [];
    const failures: unknown[] = [];
    let isOver = false;
    let served = 0;
    const note = (reply: Reply<unknown>) => {
      served += 1;
      if (reply.status >= 500) expectUnavailable(reply);
      else expect(reply.status).toBeLessThan(300);
    };
    const acts = [
      async () => note(await owner.client.get('/auth/me')),
      async () => note(await t.post('/auth/login', { email: owner.email, password: owner.password })),
      async () => note(await t.post('/auth/register', t.given.registration())),
      async () => {
        const { email } = t.given.registration();
        const reply = await owner.client.post('/auth/invite', { email, role: 'user' });
        note(reply);
        if (reply.status === 201) invited.push(email);
      },
    ];
    const traffic = acts.map(async (act) => {
      try {
        while (!isOver) await act();
      } catch (error) {
        failures.push(error);
      }
    });
    for (let round = 0; round < ROUNDS && failures.length === 0; round += 1) {
      const before = served;
      await t.database.query(END_CONNECTIONS);
      await until(() => served > before || failures.length > 0);
    }
    isOver = true;
    await Promise.all(traffic);

    expect(failures).toEqual([]);
    await until(() => isReady(t));
    const rows = await t.database.query<{ email: string }>('SELECT email FROM invitations');
    expect(rows.map(({ email }) => email)).toEqual(expect.arrayContaining(invited));
  });
});

describe('a database that stands still', () => {
  const t = useSharedApp();
  let owner: Account;
  let proxy: TcpProxy;
  beforeAll(async () => {
    owner = await t.given.unverifiedTenant();
    proxy = await TcpProxy.to(t.database.url);
  });
  afterAll(() => proxy.close());

  it.each([
    ['statements and connections', OF_STATEMENTS],
    ['requests', OF_REQUESTS],
  ])('costs 503 for as long as it does, by the limits of %s, and nothing afterwards', async (_, limits) => {
    await t.server.restart({ ...limits, DATABASE_URL: proxy.url });
    const goOn = proxy.freeze();
    try {
      const replies = await Promise.all([
        ...Array.from({ length: 20 }, () => owner.client.get('/auth/me')),
        t.post('/auth/login', { email: owner.email, password: owner.password }),
        t.post('/auth/register', t.given.registration()),
      ]);
      replies.forEach(expectUnavailable);
      expect((await t.get('/health/ready')).status).toBe(503);
      expect((await t.get('/health/live')).status).toBe(200);
    } finally {
      goOn();
    }
    await until(() => isReady(t));
    await until(async () => (await owner.client.get('/auth/me')).status === 200);
  });
});

describe('a database that has become read-only', () => {
  const t = useSharedApp();
  const alter = (what: string) =>
    t.database.query(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${what}', current_database()); END $$`);

  it('is 503 where something is written, makes the server unready, and is forgotten when it is over', async () => {
    const owner = await t.given.tenant();
    await alter('SET default_transaction_read_only = on');
    await t.database.query(END_CONNECTIONS);
    expectUnavailable(await t.post('/auth/register', t.given.registration()));
    expect(await isReady(t)).toBe(false);
    await alter('RESET default_transaction_read_only');

    await until(async () => (await t.post('/auth/register', t.given.registration())).status === 201);
    await until(() => isReady(t));
    expect((await owner.client.get('/auth/me')).status).toBe(200);
  });
});

describe('a row that another transaction keeps locked', () => {
  const t = useSharedApp();
  const lock = ({ user }: Account) =>
    t.database.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id]);
  const login = ({ email, password }: Account) => t.post('/auth/login', { email, password });

  it('costs nobody anything who does not need it, however long it is', async () => {
    const [locked, other] = [await t.given.tenant(), await t.given.tenant()];
    // The other test leaves it at a second
    await t.server.restart({ DATABASE_LOCK_SECONDS: PATIENT_DATABASE.DATABASE_LOCK_SECONDS });
    await t.database.query('BEGIN');
    await lock(locked);
    let isAnswered = false;
    const waiting = login(locked).finally(() => (isAnswered = true));
    await untilWaitedFor(t.database);
    expect((await login(other)).status).toBe(200);
    expect((await other.client.get('/auth/me')).status).toBe(200);
    expect((await t.post('/auth/register', t.given.registration())).status).toBe(201);
    expect(isAnswered).toBe(false);
    await t.database.query('ROLLBACK');
    expect((await waiting).status).toBe(200);
  });

  it('costs those who need it 503 while it is', async () => {
    const locked = await t.given.tenant();
    await t.server.restart({ DATABASE_LOCK_SECONDS: '1' });
    await t.database.query('BEGIN');
    await lock(locked);
    expectUnavailable(await login(locked));
    await t.database.query('ROLLBACK');
    expect((await login(locked)).status).toBe(200);
  });
});

/** So that the database is as the next suite expects it. */
async function forget(t: TestApp, tables: Set<string>, fails: string, counts: string): Promise<void> {
  for (const table of tables)
    await t.database.query(`DROP FUNCTION ${fails}_${table} CASCADE; DROP SEQUENCE ${counts}_${table}`);
  tables.clear();
}

describe('a deadlock', () => {
  const t = useSharedApp();
  const failing = new Set<string>();
  /** A sequence counts what a rollback takes back. */
  const failOnce = (table: string, state: string, trigger = `BEFORE INSERT ON ${table}`) => {
    failing.add(table);
    return t.database.query(`
      CREATE SEQUENCE tried_${table};
      GRANT USAGE ON SEQUENCE tried_${table} TO PUBLIC;
      CREATE FUNCTION fail_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tried_${table}') = 1 THEN RAISE 'not now' USING ERRCODE = '${state}'; END IF;
        RETURN NEW; END $$;
      CREATE ${trigger.includes('DEFERRED') ? 'CONSTRAINT ' : ''}TRIGGER fails ${trigger}
        FOR EACH ROW EXECUTE FUNCTION fail_${table}();`);
  };
  afterEach(() => forget(t, failing, 'fail', 'tried'));
  const triesOf = async (table: string) => {
    const [tried] = await t.database.query<{ last: string }>(`SELECT last_value AS last FROM tried_${table}`);
    return Number(tried?.last);
  };

  it.each([
    ['invitations', '40P01'],
    ['tenants', '40001'],
  ])(
    'of a transaction that inserts into %s (%s) is not seen: it runs again, with one effect',
    async (table, state) => {
      const owner = await t.given.tenant();
      await failOnce(table, state);
      const { email } = t.given.registration();
      expect((await owner.client.post('/auth/invite', { email, role: 'user' })).status).toBe(201);
      const made = await t.given.tenant();

      expect(await t.database.query('SELECT FROM invitations WHERE email = $1', [email])).toHaveLength(1);
      expect(await t.inbox.messages(email)).toHaveLength(1);
      expect(await t.database.query('SELECT FROM users WHERE email = $1', [made.email])).toHaveLength(1);
      expect(await triesOf(table)).toBe(2);
    },
  );

  it.each([
    ['the statement that stores the answer', 'idempotency_records', 'BEFORE UPDATE ON idempotency_records'],
    ['the commit', 'api_keys', 'AFTER INSERT ON api_keys DEFERRABLE INITIALLY DEFERRED'],
  ])(
    'of %s for an Idempotency-Key is not seen: the request runs again, with one effect',
    async (_, table, trigger) => {
      const owner = await t.given.tenant();
      await failOnce(table, '40P01', trigger);
      const headers = { 'idempotency-key': `key-of-${table}` };
      const create = () =>
        owner.client.post<{ id: string; key: string }>('/auth/api-keys', { name: table }, { headers });
      const { status, body } = await create();
      expect([status, await triesOf(table)]).toEqual([201, 2]);

      expect((await t.client().withToken(body.key).get('/auth/me')).status).toBe(200);
      expect(await t.database.query('SELECT id FROM api_keys WHERE name = $1', [table])).toEqual([
        { id: body.id },
      ]);
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
      const again = await create();
      expect([again.body, again.headers]).toMatchObject([body, { 'idempotent-replayed': 'true' }]);
    },
  );

  it('of the commit of a registration leaves no trace of the first run: no account, no message, no line in the log', async () => {
    const signIns = async () =>
      (await t.writtenLog()).split('\n').filter((line) => line.includes('"msg":"signed in"'));
    const before = (await signIns()).length;
    await failOnce('memberships', '40P01', 'AFTER INSERT ON memberships DEFERRABLE INITIALLY DEFERRED');
    const registration = t.given.registration();
    const headers = { 'idempotency-key': 'key-of-registration' };
    const { status, body } = await t.client().post('/auth/register', registration, { headers });
    expect([status, await triesOf('memberships')]).toEqual([201, 2]);

    expect((await signIns()).slice(before)).toEqual([expect.stringContaining(String(body.user.id))]);
    expect(await t.database.query('SELECT id FROM users WHERE email = $1', [registration.email])).toEqual([
      { id: body.user.id },
    ]);
    expect(await t.inbox.messages(registration.email, 'verify-email')).toHaveLength(1);
    expect((await t.client().withToken(body.accessToken).get('/auth/me')).status).toBe(200);
  });
});

describe('a deadlock that does not end', () => {
  const t = useSharedApp();
  const failing = new Set<string>();
  const failAlways = (table: string, event: 'INSERT' | 'UPDATE') => {
    failing.add(table);
    return t.database.query(`
      CREATE SEQUENCE failed_${table};
      GRANT USAGE ON SEQUENCE failed_${table} TO PUBLIC;
      CREATE FUNCTION refuse_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM nextval('failed_${table}');
        RAISE 'not now' USING ERRCODE = '40P01'; END $$;
      CREATE TRIGGER refuses BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_${table}();`);
  };
  afterEach(() => forget(t, failing, 'refuse', 'failed'));

  it.each([
    ['invitations', 'INSERT', 4],
    // The answer to the Idempotency-Key is the last statement of the transaction
    ['idempotency_records', 'UPDATE', 4],
  ] as const)(
    'is 503 (%s) with nothing committed, and the same request succeeds later',
    async (table, event, tries) => {
      const owner = await t.given.tenant();
      const { email } = t.given.registration();
      const headers = { 'idempotency-key': `key-of-${table}` };
      const invite = () => owner.client.post('/auth/invite', { email, role: 'user' }, { headers });
      await failAlways(table, event);
      expectUnavailable(await invite());
      expect(await t.database.query('SELECT FROM invitations WHERE email = $1', [email])).toEqual([]);
      const [tried] = await t.database.query<{ last: string }>(
        `SELECT last_value AS last FROM failed_${table}`,
      );
      expect(Number(tried?.last)).toBe(tries);
      await t.database.query(`DROP TRIGGER refuses ON ${table}`);
      expect((await invite()).status).toBe(201);
    },
  );
});

describe('a user who may not connect for a while', () => {
  const t = useSharedApp();
  const role = `limited_${randomBytes(6).toString('hex')}`;
  const administer = async (text: string) => {
    const url = Object.assign(new URL(t.database.url), { username: 'postgres', pathname: '/postgres' });
    const connection = new Connection({ connectionString: url.href });
    await connection.connect();
    try {
      await connection.query(text);
    } finally {
      await connection.end();
    }
  };

  it('costs 503 for as long as it may not, whatever the reason, and nothing afterwards', async () => {
    const owner = await t.given.tenant();
    await administer(`CREATE ROLE ${role} LOGIN PASSWORD 'Xq7-first' IN ROLE gatehouse_app`);
    const url = Object.assign(new URL(t.database.url), { username: role, password: 'Xq7-first' });
    const database = url.pathname.slice(1);
    await t.server.restart({ DATABASE_URL: url.href });
    for (const [forbid, allow] of [
      [`ALTER ROLE ${role} CONNECTION LIMIT 0`, `ALTER ROLE ${role} CONNECTION LIMIT -1`],
      [`ALTER ROLE ${role} PASSWORD 'Xq7-second'`, `ALTER ROLE ${role} PASSWORD 'Xq7-first'`],
      [`ALTER ROLE ${role} NOLOGIN`, `ALTER ROLE ${role} LOGIN`],
      [
        `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`,
        `ALTER DATABASE ${database} ALLOW_CONNECTIONS true`,
      ],
    ] as const) {
      await administer(forbid);
      await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
      // A connection that has ended can be noticed by the request that gets it
      await until(async () => (await t.get('/health/ready')).status === 503);
      expectUnavailable(await owner.client.get('/auth/me'));
      await administer(allow);
      await until(() => isReady(t));
      expect((await owner.client.get('/auth/me')).status).toBe(200);
    }
    await t.server.restart({ DATABASE_URL: t.database.url });
    await administer(`DROP ROLE ${role}`);
  });
});
