import { Client } from '../support/client.js';
import { NEW_PASSWORD, PASSWORD } from '../support/given.js';
import { createTestApp } from '../support/test-app.js';

describe('a server that is killed during traffic', () => {
  const t = createTestApp();

  /** Sends until the connection breaks; what was acknowledged before. */
  const untilBroken = async <T>(act: () => Promise<T | null>): Promise<T[]> => {
    const acknowledged: T[] = [];
    for (;;) {
      try {
        const result = await act();
        if (result !== null) acknowledged.push(result);
      } catch {
        return acknowledged;
      }
    }
  };

  it('has everything it acknowledged when it starts again', async () => {
    const inviter = await t.given.tenant();
    const registering = Array.from({ length: 4 }, () =>
      untilBroken(async () => {
        const body = t.given.registration();
        const reply = await t.client().post('/auth/register', body);
        return reply.status === 201 ? { ...body, tenant: reply.body.tenant } : null;
      }),
    );
    const inviting = untilBroken(async () => {
      const body = { email: t.given.registration().email, role: 'user' };
      const reply = await inviter.client.post('/auth/invite', body);
      return reply.status === 201 ? body.email : null;
    });
    const changing = untilBroken(async () => {
      const owner = await t.given.tenant();
      const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
      const reply = await owner.client.post('/auth/change-password', body);
      return reply.status === 200 ? owner : null;
    });

    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { signal } = await t.server.kill();
    const [registered, invited, changed] = [
      (await Promise.all(registering)).flat(),
      await inviting,
      await changing,
    ];
    await t.server.run();

    expect(signal).toBe('SIGKILL');
    expect(registered.length).toBeGreaterThan(5);
    expect(invited.length).toBeGreaterThan(5);
    expect(changed.length).toBeGreaterThan(1);
    for (const account of registered) expect((await t.given.login(account)).user.email).toBe(account.email);
    for (const email of invited) expect(await t.inbox.token(email, 'invitation')).toMatch(/^[\w-]{43}$/);
    for (const owner of changed) {
      expect((await t.given.login({ ...owner, password: NEW_PASSWORD })).user.id).toBe(owner.user.id);
      const old = { tenantSlug: owner.tenant.slug, email: owner.email, password: PASSWORD };
      expect((await t.post('/auth/login', old)).status).toBe(401);
    }
  });

  it('keeps sessions open, and ended ones ended', async () => {
    const [open, ended] = [await t.given.tenant(), await t.given.tenant()];
    await ended.client.post('/auth/logout');
    await t.server.kill();
    await t.server.run();
    expect((await open.client.get('/auth/me')).status).toBe(200);
    expect((await t.post('/auth/refresh', { refreshToken: open.refreshToken })).status).toBe(200);
    expect((await ended.client.get('/auth/me')).status).toBe(401);
  });
});

describe('a server that is told to stop', () => {
  const t = createTestApp({ ARGON2_MEMORY_KIB: '262144', ARGON2_TIME_COST: '4' });

  it('finishes what runs, takes nothing new, and exits with 0', async () => {
    const owner = await t.given.tenant();
    const login = { tenantSlug: owner.tenant.slug, email: owner.email, password: owner.password };
    const running = t.client().post('/auth/login', login);
    await new Promise((resolve) => setTimeout(resolve, 100));

    const stopped = t.server.stop();
    const late = new Client(t.server.origin);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refused = await late.get('/health/live').then(
      (reply) => reply.status,
      () => 'refused',
    );

    const { status, body } = await running;
    expect(status).toBe(200);
    expect(await stopped).toMatchObject({ code: 0, signal: null });
    expect(['refused', 503]).toContain(refused);
    await late.close();

    await t.server.run();
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(200);
  });

  it('does not wait for idle connections', async () => {
    const idle = t.client();
    await idle.get('/health/live');
    const started = performance.now();
    expect((await t.server.stop()).code).toBe(0);
    expect(performance.now() - started).toBeLessThan(4000);
    await t.server.run();
  });

  it('says so once and leaves no stack in its log', async () => {
    const { output } = await t.server.stop();
    expect(output).not.toMatch(/\n\s+at .*\.js:\d+/);
    await t.server.run();
  });
});

describe('a server that loses its database', () => {
  const t = createTestApp();
  const setReachable = async (isReachable: boolean) => {
    const name = new URL(t.database.url).pathname.slice(1);
    await t.database.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isReachable}`);
    await t.database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
      [name],
    );
  };

  it('fails closed, says nothing of it, and comes back by itself', async () => {
    const owner = await t.given.tenant();
    await setReachable(false);
    try {
      const replies = [
        await owner.client.get('/auth/me'),
        await t.post('/auth/login', { email: owner.email, password: owner.password }),
        await t.post('/auth/refresh', { refreshToken: owner.refreshToken }),
        await t.post('/auth/register', t.given.registration()),
      ];
      for (const reply of replies) {
        expect(reply).toBeProblem('service_unavailable');
        expect(reply.text).not.toMatch(/postgres|database|connect|127\.0\.0\.1:\d+\/gatehouse/i);
      }
      expect((await t.get('/health/ready')).status).toBe(503);
      expect((await t.get('/health/live')).status).toBe(200);
    } finally {
      await setReachable(true);
    }
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await t.get('/health/ready')).status).toBe(200);
    expect((await t.post('/auth/refresh', { refreshToken: owner.refreshToken })).status).toBe(200);
  });
});

describe('a server with more sign-ins than it can hash', () => {
  const t = createTestApp({
    ARGON2_MEMORY_KIB: '65536',
    ARGON2_TIME_COST: '3',
    HASH_CONCURRENCY: '1',
    HASH_QUEUE_LIMIT: '5',
    LOGIN_ADDRESS_FAILURES: '100000',
  });

  it('refuses the excess at once, does not count it, and serves everything else', async () => {
    const owner = await t.given.tenant();
    const login = { tenantSlug: owner.tenant.slug, email: owner.email, password: owner.password };
    const storm = Promise.all(Array.from({ length: 60 }, () => t.post('/auth/login', login)));
    const meanwhile = await Promise.all(Array.from({ length: 20 }, () => owner.client.get('/auth/me')));
    const replies = await storm;

    const refused = replies.filter((reply) => reply.status !== 200);
    expect(refused.length).toBeGreaterThan(20);
    expect(replies.length - refused.length).toBeGreaterThanOrEqual(5);
    for (const reply of refused) expect(reply).toBeProblem('service_unavailable');
    expect(refused[0]?.headers['retry-after']).toMatch(/^\d+$/);
    expect(meanwhile.every((reply) => reply.status === 200)).toBe(true);
    expect((await t.post('/auth/login', login)).status).toBe(200);
  });
});
