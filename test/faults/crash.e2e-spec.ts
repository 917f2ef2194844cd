import type { Reply } from '../support/client.js';
import { CONTRACTS } from '../support/documents.js';
import { type Account, NEW_PASSWORD, PASSWORD } from '../support/given.js';
import { openAsServer } from '../support/open-as-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

describe('a server that is killed during traffic', () => {
  const process = useWarmProcess();
  const t = createTestApp();

  it('has everything that it acknowledged when it starts again', async () => {
    const registered: Pick<Account, 'email' | 'password' | 'tenant'>[] = [];
    const invited: string[] = [];
    const changed: Account[] = [];
    const inviter = await t.given.tenant();
    const register = async () => {
      const body = t.given.registration();
      const reply = await t.client().post('/auth/register', body);
      if (reply.status === 201) registered.push({ ...body, tenant: reply.body.tenant });
    };
    const invite = async () => {
      const { email } = t.given.registration();
      if ((await inviter.client.post('/auth/invite', { email, role: 'user' })).status === 201)
        invited.push(email);
    };
    const change = async () => {
      const owner = await t.given.tenant();
      const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
      if ((await owner.client.post('/auth/change-password', body)).status === 200) changed.push(owner);
    };
    const failures: unknown[] = [];
    const traffic = [register, register, register, invite, change, change].map(async (act) => {
      try {
        for (;;) await act();
      } catch (error) {
        failures.push(error);
      }
    });

    await until(
      () => failures.length > 0 || (registered.length >= 10 && invited.length >= 10 && changed.length >= 5),
    );
    expect(failures).toEqual([]);
    const ended = await t.given.login(inviter);
    await ended.client.post('/auth/logout');
    const { signal } = await t.server.kill();
    await Promise.all(traffic);
    await process.runAgain(t.server);

    expect(signal).toBe('SIGKILL');
    expect((await inviter.client.get('/auth/me')).status).toBe(200);
    expect((await t.post('/auth/refresh', { refreshToken: inviter.refreshToken })).status).toBe(200);
    expect((await ended.client.get('/auth/me')).status).toBe(401);
    for (const account of registered) expect((await t.given.login(account)).user.email).toBe(account.email);
    for (const email of invited) expect(await t.inbox.token(email, 'invitation')).toMatch(/^[\w-]{43}$/);
    for (const owner of changed) {
      expect((await t.given.login({ ...owner, password: NEW_PASSWORD })).user.id).toBe(owner.user.id);
      const old = { tenantSlug: owner.tenant.slug, email: owner.email, password: PASSWORD };
      expect((await t.post('/auth/login', old)).status).toBe(401);
    }
  });
});

describe('a server that loses its database', () => {
  const t = useSharedApp();
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await TcpProxy.to(t.database.url);
    await t.server.restart({ DATABASE_URL: proxy.url });
  });
  afterAll(() => proxy.close());

  it('refuses requests, reveals nothing of the cause, and recovers by itself', async () => {
    const owner = await t.given.tenant();
    proxy.cut();
    for (let round = 0; round < 2; round += 1) {
      const replies = [
        await owner.client.get('/auth/me'),
        await t.post('/auth/login', { email: owner.email, password: owner.password }),
        await t.post('/auth/refresh', { refreshToken: owner.refreshToken }),
        await t.post('/auth/register', t.given.registration()),
        await t.post('/auth/forgot-password', { email: owner.email }),
      ];
      for (const reply of replies) {
        expect(reply).toBeProblem('service_unavailable');
        expect(reply.text).not.toMatch(/postgres|database|connection|ECONN/i);
      }
      expect((await t.get('/health/ready')).status).toBe(503);
      expect((await t.get('/health/live')).status).toBe(200);
    }
    proxy.restore();
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await t.get('/health/ready')).status).toBe(200);
    expect((await t.post('/auth/refresh', { refreshToken: owner.refreshToken })).status).toBe(200);
  });
});

describe('a server whose database takes too long', () => {
  const t = useSharedApp();

  it('limits the statements, locks and idle transactions of every connection', async () => {
    const settings = {
      DATABASE_TIMEOUT_SECONDS: '450',
      DATABASE_LOCK_SECONDS: '350',
      DATABASE_IDLE_SECONDS: '250',
    };
    const server = await openAsServer(t.database, { settings });
    const limits = {
      statement_timeout: '450s',
      lock_timeout: '350s',
      idle_in_transaction_session_timeout: '250s',
    };
    for (const connections of [server.dataSource, server.acrossTenants]) {
      for (const [limit, value] of Object.entries(limits))
        expect(await connections.query(`SHOW ${limit}`)).toEqual([{ [limit]: value }]);
    }
    await server.close();
  });

  it('gives up after DATABASE_TIMEOUT_SECONDS, and continues with the next request', async () => {
    const owner = await t.given.tenant();
    await t.server.restart({ DATABASE_TIMEOUT_SECONDS: '3', DATABASE_LOCK_SECONDS: '3' });
    await t.database.query('BEGIN');
    await t.database.query('LOCK TABLE sessions');
    // The lock is never released: only the limit ends this
    expect(await owner.client.get('/auth/me')).toBeProblem('service_unavailable');
    await t.database.query('COMMIT');
    // A machine that stands still has not answered in time either
    await until(async () => (await owner.client.get('/auth/me')).status === 200);
  });
});

/** Of every contract: where anybody may send a password that is then hashed. */
const HASHING_PATHS = CONTRACTS.flatMap(({ document, operations }) =>
  operations
    .filter(({ security, requestBody }) => {
      const schema = requestBody?.content['application/json']?.schema;
      const { required = [] } = document.components.schemas[schema?.$ref?.split('/').at(-1) ?? ''] ?? {};
      return security?.length === 0 && required.some((name) => /password$/i.test(name));
    })
    .map(({ path }) => path),
);

describe('a server with more sign-ins than it can hash', () => {
  it('is asked for hashes at these addresses', () => expect(HASHING_PATHS.length).toBeGreaterThan(10));

  const t = useSharedApp({
    ARGON2_MEMORY_KIB: '65536',
    ARGON2_TIME_COST: '3',
    HASH_CONCURRENCY: '1',
    HASH_QUEUE_LIMIT: '5',
    LOGIN_ADDRESS_FAILURES: '100000',
    PLATFORM_ENABLED: 'true',
  });
  const STORM = 60;
  /** One that is compared, and five that wait. */
  const CAPACITY = 6;

  it('refuses the excess at once, does not count it, and serves everything else', async () => {
    const owner = await t.given.tenant();
    const login = { tenantSlug: owner.tenant.slug, email: owner.email, password: owner.password };
    const serveOthers = async () => {
      const replies = await Promise.all(Array.from({ length: 20 }, () => owner.client.get('/auth/me')));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    };
    // Blocks the first sign-in right before its comparison, so that none frees a place while the others arrive
    await t.database.query('BEGIN');
    await t.database.query('LOCK TABLE attempts IN EXCLUSIVE MODE');
    const refused: Reply[] = [];
    const signIn = async () => {
      const reply = await t.post('/auth/login', login);
      if (reply.status !== 200) refused.push(reply);
    };
    const storm = Promise.all(Array.from({ length: STORM }, signIn));
    await until(() => refused.length >= STORM - CAPACITY);
    await serveOthers();
    for (const path of HASHING_PATHS) {
      // Its validation does not run
      const reply = await t.post(path, {});
      expect({ path, status: reply.status, connection: reply.headers['connection'] }).toEqual({
        path,
        status: 503,
        connection: 'close',
      });
    }
    await t.database.query('ROLLBACK');
    await serveOthers();
    await storm;

    expect(STORM - refused.length).toBeGreaterThanOrEqual(CAPACITY - 1);
    for (const reply of refused) expect(reply).toBeProblem('service_unavailable');
    expect(refused[0]?.headers['retry-after']).toMatch(/^\d+$/);
    expect((await t.post('/auth/login', login)).status).toBe(200);
  });
});
