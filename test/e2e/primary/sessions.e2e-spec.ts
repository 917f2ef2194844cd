import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import { type Account, PASSWORD } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('sessions', () => {
  const t = useSharedApp();
  const list = async (account: Account) => (await account.client.get('/auth/sessions')).body.data;
  const isAlive = async (session: Pick<Account, 'accessToken' | 'refreshToken'>): Promise<boolean[]> => [
    (await t.client(session.accessToken).get('/auth/me')).status === 200,
    (await t.post('/auth/refresh', { refreshToken: session.refreshToken })).status === 200,
  ];

  describe('GET /auth/sessions', () => {
    it('lists the person’s own, newest first, and marks the present one', async () => {
      const owner = await t.given.tenant();
      await t.given.tenant();
      const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
      await t.database.pass(5);
      const body = { tenantSlug: owner.tenant.slug, email: owner.email, password: owner.password };
      await t.client().post('/auth/login', body, { headers: { 'user-agent': browser } });

      const reply = await owner.client.get('/auth/sessions');

      expect(reply.status).toBe(200);
      expect(reply.body.nextCursor).toBeNull();
      expect(reply.body.data).toHaveLength(2);
      const [newest, present] = reply.body.data;
      const example = {
        id: '550e8400-e29b-41d4-a716-446655440000',
        createdAt: '2026-01-01T00:00:00.000Z',
        lastUsedAt: '2026-01-01T00:00:00.000Z',
        expiresAt: '2026-01-01T00:00:00.000Z',
      };
      expect(newest).toHaveShape({ ...example, userAgent: browser, current: false });
      expect(newest?.device).toMatch(/Firefox/);
      expect(present).toHaveShape({ ...example, address: owner.client.address, current: true });
      expect(Object.keys(newest ?? {}).sort()).toEqual(
        [
          ...['id', 'device', 'userAgent', 'address', 'createdAt', 'lastUsedAt', 'expiresAt', 'current'],
          'impersonatedBy',
        ].sort(),
      );
    });

    it('leaves out what has ended or expired', async () => {
      const owner = await t.given.tenant();
      const left = await t.given.login(owner);
      await left.client.post('/auth/logout');
      expect(await list(owner)).toHaveLength(1);
    });
  });

  describe('DELETE /auth/sessions/{id}', () => {
    it('ends that session at once, and no other', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);
      const other = (await list(owner)).find((session) => !session.current);

      expect((await owner.client.delete(`/auth/sessions/${other?.id}`)).status).toBe(204);

      expect(await isAlive(elsewhere)).toEqual([false, false]);
      expect(await isAlive(owner)).toEqual([true, true]);
    });

    it('gives another person’s session the response of one that never existed', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const colleague = await t.given.member(owner);
      const random = await owner.client.delete(`/auth/sessions/${randomUUID()}`);
      expect(random).toBeProblem('not_found');

      for (const other of [stranger, colleague]) {
        const [theirs] = await list(other);
        const reply = await owner.client.delete(`/auth/sessions/${theirs?.id}`);
        expect({ ...reply.body, instance: '' }).toEqual({ ...random.body, instance: '' });
        expect(await isAlive(other)).toEqual([true, true]);
      }
    });

    it('does not end a session twice', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);
      const other = (await list(owner)).find((session) => !session.current);
      const replies = await burst(20, () => owner.client.delete(`/auth/sessions/${other?.id}`));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 204: 1, 404: 19 });
      expect(await isAlive(elsewhere)).toEqual([false, false]);
    });

    it.each(['x', '1', '%00', `1' OR '1'='1`, '..%2f..'])('refuses the id %s', async (id) => {
      const owner = await t.given.tenant();
      const reply = await owner.client.delete(`/auth/sessions/${encodeURI(id)}`);
      expect([400, 404]).toContain(reply.status);
      expect(await isAlive(owner)).toEqual([true, true]);
    });
  });

  describe('POST /auth/logout', () => {
    it('ends this session and no other', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);

      const reply = await elsewhere.client.post('/auth/logout');

      expect(reply.status).toBe(200);
      expect(reply.body).toEqual({ message: 'Logged out successfully' });
      expect(await isAlive(elsewhere)).toEqual([false, false]);
      expect(await isAlive(owner)).toEqual([true, true]);
    });

    it('ends every session of the person, and of nobody else, with `all`', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const elsewhere = await t.given.login(owner);

      expect((await owner.client.post('/auth/logout', { all: true })).status).toBe(200);

      expect(await isAlive(owner)).toEqual([false, false]);
      expect(await isAlive(elsewhere)).toEqual([false, false]);
      expect(await isAlive(stranger)).toEqual([true, true]);
    });

    it.each([[{ all: 'yes' }], [{ all: 1 }], [{ everything: true }]])(
      'refuses %j and ends nothing',
      async (body) => {
        const owner = await t.given.tenant();
        expect(await owner.client.post('/auth/logout', body)).toBeProblem('validation_failed');
        expect(await isAlive(owner)).toEqual([true, true]);
      },
    );

    it('ends the session also for a refresh at the same time', async () => {
      const owner = await t.given.tenant();
      const [out, ...refreshed] = await Promise.all([
        owner.client.post('/auth/logout'),
        ...Array.from({ length: 10 }, () => t.post('/auth/refresh', { refreshToken: owner.refreshToken })),
      ]);
      expect(out.status).toBe(200);
      for (const { status, body } of refreshed)
        if (status === 200) expect(await isAlive(body)).toEqual([false, false]);
      expect(await isAlive(owner)).toEqual([false, false]);
    });
  });

  describe('twenty sessions of one person', () => {
    it('are the most: the oldest is ended', async () => {
      const owner = await t.given.tenant();
      const logins: Account[] = [];
      for (let index = 0; index < 20; index += 1) logins.push(await t.given.login(owner));

      expect(await isAlive(owner)).toEqual([false, false]);
      expect(await isAlive(logins[0] ?? owner)).toEqual([true, true]);
      expect(await list(logins[19] ?? owner)).toHaveLength(20);
    });

    it('are the most under a parallel burst', async () => {
      const owner = await t.given.tenant();
      const body = { tenantSlug: owner.tenant.slug, email: owner.email, password: PASSWORD };
      const replies = await burst(30, () => t.post('/auth/login', body));
      const opened = replies.filter((reply) => reply.status === 200);
      const used = await Promise.all(
        opened.map(({ body: { accessToken } }) => t.get('/auth/me', { token: accessToken })),
      );
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 30 });
      expect(countBy(used, (reply) => reply.status)).toEqual({ 200: 20, 401: 10 });
    });
  });
});
