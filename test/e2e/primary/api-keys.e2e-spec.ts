import { randomUUID } from 'node:crypto';
import { type ApiKeyAnswer, type ApiKeyPage, ApiKeys, bytesOf } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const DAY_MS = 86_400_000;
const BODY = { name: 'Production API Key', description: 'For production integrations', expiresInDays: 365 };
const daysBetween = (from: string, to: string | null) => (Date.parse(to ?? '') - Date.parse(from)) / DAY_MS;

describe('API keys', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  let owner: Account;
  const create = (body: unknown, by = owner) => by.client.post<ApiKeyAnswer>('/auth/api-keys', body);

  beforeAll(async () => {
    owner = await t.given.tenant();
  });

  describe('POST /auth/api-keys', () => {
    it('returns the whole key, and its description', async () => {
      const { status, body } = await create({ ...BODY, scopes: ['leads.view'] });
      expect(status).toBe(201);
      expect(body).toEqual({
        id: expect.any(String),
        userId: owner.user.id,
        name: BODY.name,
        description: BODY.description,
        key: expect.stringMatching(/^sk_live_[0-9A-Za-z]{49}$/),
        prefix: body.key.slice(0, 11),
        lastFour: body.key.slice(-4),
        scopes: ['leads.view'],
        allowedAddresses: [],
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
        lastUsedAt: null,
      });
      expect(daysBetween(body.createdAt, body.expiresAt)).toBe(365);
    });

    it('applies the defaults: 90 days, and all product scopes that the person holds', async () => {
      const { body } = await create({ name: 'CI' });
      expect(daysBetween(body.createdAt, body.expiresAt)).toBe(90);
      expect(body.description).toBeNull();
      expect(body.scopes).toEqual(['leads.view', 'leads.create', 'leads.edit', 'leads.delete']);
    });

    it('gives it the audit trail where that is requested, and the person may read it', async () => {
      expect((await keys.create(owner, { scopes: ['auditEvents.view'] })).scopes).toEqual([
        'auditEvents.view',
      ]);
    });

    it('grants no more than requested, down to nothing', async () => {
      const { body } = await create({ name: 'CI', scopes: [] });
      expect(body.scopes).toEqual([]);
      const { permissions } = (await keys.use(body.key)).body;
      expect(Object.values(permissions).flatMap((actions) => Object.values(actions))).not.toContain(true);
    });

    it.each([
      [{}, '#/name'],
      [{ name: '' }, '#/name'],
      [{ name: 'a\u202eb' }, '#/name'],
      [{ name: 'CI', expiresInDays: 0 }, '#/expiresInDays'],
      [{ name: 'CI', expiresInDays: 3651 }, '#/expiresInDays'],
      [{ name: 'CI', expiresInDays: 1.5 }, '#/expiresInDays'],
      [{ name: 'CI', expiresInDays: '90' }, '#/expiresInDays'],
      [{ name: 'CI', expiresInDays: null }, '#/expiresInDays'],
      [{ name: 'CI', expiresAt: '2027-01-01T00:00:00Z' }, '#/expiresAt'],
      [{ name: 'CI', expiresAt: null, expiresInDays: 5 }, '#/expiresAt'],
      [{ name: 'CI', scopes: 'leads.view' }, '#/scopes'],
      [{ name: 'CI', scopes: ['leads.fly'] }, '#/scopes'],
      [{ name: 'CI', scopes: ['constructor.name'] }, '#/scopes'],
      [{ name: 'CI', scopes: [['leads.view']] }, '#/scopes'],
      [{ name: 'CI', allowedAddresses: [] }, '#/allowedAddresses'],
      [{ name: 'CI', allowedAddresses: '10.0.0.1' }, '#/allowedAddresses'],
      [{ name: 'CI', allowedAddresses: ['10.0.0.1/8'] }, '#/allowedAddresses'],
      [{ name: 'CI', allowedAddresses: ['example.com'] }, '#/allowedAddresses'],
      [{ name: 'CI', userId: randomUUID() }, '#/userId'],
      [{ name: 'CI', key: 'sk_live_mine' }, '#/key'],
    ])('refuses %j', async (body, pointer) => {
      const reply = await create(body);
      expect(reply).toBeProblem('validation_failed');
      const { errors } = reply.body as unknown as { errors: { pointer: string }[] };
      expect(errors.map((error) => error.pointer)).toContain(pointer);
    });

    it('grants no scope that the person lacks, or that no key may have', async () => {
      const manager = await t.given.member(owner, 'manager');
      expect(await create({ name: 'CI', scopes: ['auditEvents.view'] }, manager)).toBeProblem(
        'scope_not_held',
      );
      for (const scope of [
        'members.view',
        'apiKeys.create',
        'settings.edit',
        'invoices.view',
        'users.view',
      ]) {
        expect(await create({ name: 'CI', scopes: ['leads.view', scope] })).toBeProblem('scope_not_held');
      }
      expect((await keys.list(manager)).data).toEqual([]);
    });

    it('creates a key without expiry only where the tenant allows it', async () => {
      const other = await t.given.tenant();
      expect(await create({ name: 'CI', expiresAt: null }, other)).toBeProblem('api_key_expiry_required');
      await keys.setPolicy(other, 'allow_keys_without_expiry');
      const { status, body } = await create({ name: 'CI', expiresAt: null }, other);
      expect([status, body.expiresAt]).toEqual([201, null]);
      await t.database.query(
        `UPDATE api_keys SET created_at = created_at - interval '20 years' WHERE id = $1`,
        [body.id],
      );
      expect(await keys.isGood(body.key)).toBe(true);
    });

    it('notifies the owner', async () => {
      const person = await t.given.tenant();
      const { key } = await keys.create(person);
      const { subject, text } = await t.inbox.latest(person.email, 'notice');
      expect(subject).toBe('An API key was created');
      expect(text).not.toContain(key.slice(8, 20));
    });
  });

  describe('the secret', () => {
    it('is returned once, and stored only as a hash', async () => {
      const { id, key } = await keys.create(owner);
      const answers = [
        await owner.client.get(`/auth/api-keys/${id}`),
        await owner.client.get('/auth/api-keys?limit=100'),
        await owner.client.get(`/auth/api-keys/${id}/usage`),
        await owner.client.patch(`/auth/api-keys/${id}`, { name: 'CI 2' }),
        await keys.use(key),
      ];
      for (const { status, text } of answers) {
        expect(status).toBe(200);
        expect(text).not.toContain(key.slice(8, -4));
      }
      const secret = key.slice(11, -4);
      const tables = await t.database.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
      );
      for (const { name } of tables) {
        const rows = await t.database.query(`SELECT 1 FROM ${name} AS r WHERE r::text LIKE $1`, [
          `%${secret}%`,
        ]);
        expect([name, rows.length]).toEqual([name, 0]);
      }
      expect(await t.writtenLog()).not.toContain(secret);
    });
  });

  describe('GET /auth/api-keys', () => {
    it('lists the newest first, page by page, without the secrets', async () => {
      const person = await t.given.tenant();
      const made: string[] = [];
      for (let index = 0; index < 5; index += 1) made.unshift((await keys.create(person)).id);
      const first = await keys.list(person, '?limit=2');
      const second = await keys.list(person, `?limit=2&cursor=${first.nextCursor}`);
      const third = await keys.list(person, `?limit=2&cursor=${second.nextCursor}`);
      expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(made);
      expect(third.nextCursor).toBeNull();
      expect(Object.keys(first.data[0] ?? {})).not.toContain('key');
      expect((await keys.list(person)).data).toHaveLength(5);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'limit=1e2', 'cursor=x', 'cursor=', 'page=2'])(
      'refuses ?%s',
      async (query) => {
        expect(await owner.client.get(`/auth/api-keys?${query}`)).toBeProblem('validation_failed');
      },
    );

    it('lists expired keys, and not revoked ones', async () => {
      const person = await t.given.tenant();
      const [expired, revoked] = [await keys.create(person, { expiresInDays: 1 }), await keys.create(person)];
      await person.client.delete(`/auth/api-keys/${revoked.id}`);
      await t.database.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [expired.id]);
      expect((await keys.list(person)).data.map(({ id }) => id)).toEqual([expired.id]);
    });
  });

  describe('PATCH /auth/api-keys/{id}', () => {
    it('changes name and description, and nothing else', async () => {
      const { key, ...made } = await keys.create(owner, BODY);
      const path = `/auth/api-keys/${made.id}`;
      const renamed = await owner.client.patch<ApiKeyAnswer>(path, { name: 'Staging' });
      expect([renamed.status, renamed.body]).toEqual([200, { ...made, name: 'Staging' }]);
      const cleared = await owner.client.patch<ApiKeyAnswer>(path, { description: '' });
      expect(cleared.body).toEqual({ ...made, name: 'Staging', description: null });
      for (const body of [
        { scopes: [] },
        { expiresInDays: 5 },
        { allowedAddresses: ['::/0'] },
        { name: null },
      ]) {
        expect(await owner.client.patch(path, body)).toBeProblem('validation_failed');
      }
      expect(await keys.isGood(key)).toBe(true);
    });
  });

  describe('DELETE /auth/api-keys/{id}', () => {
    it('ends the key at once; twenty parallel calls cause one notice', async () => {
      const person = await t.given.tenant();
      const { id, key } = await keys.create(person);
      expect(await keys.isGood(key)).toBe(true);

      const replies = await burst(20, () => person.client.delete(`/auth/api-keys/${id}`));

      expect(countBy(replies, ({ status }) => status)).toEqual({ 204: 20 });
      expect(await keys.isGood(key)).toBe(false);
      expect(await person.client.get(`/auth/api-keys/${id}`)).toBeProblem('not_found');
      const events = await t.database.query(
        `SELECT 1 FROM audit_events WHERE target_id = $1 AND action = 'api_key.revoked'`,
        [id],
      );
      expect(events).toHaveLength(1);
      const notices = await t.inbox.messages(person.email, 'notice');
      expect(notices.filter(({ subject }) => subject === 'An API key was revoked')).toHaveLength(1);
    });
  });

  describe('are accessible', () => {
    const paths = (id: string): [string, string, unknown?][] => [
      ['GET', `/auth/api-keys/${id}`],
      ['GET', `/auth/api-keys/${id}/usage`],
      ['PATCH', `/auth/api-keys/${id}`, { name: 'Mine now' }],
      ['POST', `/auth/api-keys/${id}/rotate`, {}],
      ['DELETE', `/auth/api-keys/${id}`],
    ];

    it('to nobody in another tenant, nor to a peer or inferior: like an id that does not exist', async () => {
      const stranger = await t.given.tenant();
      const [manager, peer] = [
        await t.given.member(owner, 'manager'),
        await t.given.member(owner, 'manager'),
      ];
      const { id, key } = await keys.create(manager);
      const { id: ownersId } = await keys.create(owner);
      for (const [who, target] of [
        [stranger, id],
        [peer, id],
        [manager, ownersId],
      ] as const) {
        const random = paths(randomUUID());
        for (const [index, [method, path, body]] of paths(target).entries()) {
          const reply = await who.client.send(method, path, body);
          expect(reply).toBeProblem('not_found');
          const other = await who.client.send(method, random[index]?.[1] ?? '', body);
          expect(bytesOf(reply)).toBe(bytesOf(other));
        }
        expect((await keys.list(who)).data.map((one) => one.id)).not.toContain(target);
      }
      expect(await keys.isGood(key)).toBe(true);
    });

    it('to a superior, who may see and revoke them, and no more', async () => {
      const manager = await t.given.member(owner, 'manager');
      const { id, key } = await keys.create(manager);
      const { data } = await keys.list(owner, '?limit=100');
      expect(data.find((one) => one.id === id)?.userId).toBe(manager.user.id);

      const replies: [string, number][] = [];
      for (const [method, path, body] of paths(id)) {
        replies.push([`${method} ${path}`, (await owner.client.send(method, path, body)).status]);
      }

      expect(replies.map(([, status]) => status)).toEqual([200, 200, 404, 404, 204]);
      expect(await keys.isGood(key)).toBe(false);
      const { subject } = await t.inbox.latest(manager.email, 'notice');
      expect(subject).toBe('An API key was revoked');
    });

    it('to the members at the top level of the tenant, mutually; not to any other peers', async () => {
      const peer = await t.given.member(owner, 'admin');
      const { id, key } = await keys.create(peer);
      expect((await keys.list(owner, '?limit=100')).data.map((one) => one.id)).toContain(id);
      expect((await owner.client.get(`/auth/api-keys/${id}`)).status).toBe(200);
      expect(await owner.client.patch(`/auth/api-keys/${id}`, { name: 'Mine' })).toBeProblem('not_found');
      expect((await owner.client.delete(`/auth/api-keys/${id}`)).status).toBe(204);
      expect(await keys.isGood(key)).toBe(false);
    });

    it('to their person only in the tenant they were created in', async () => {
      const { id } = await keys.create(owner);
      const created = await owner.client.post<{ id: string }>('/users/me/organisations', {
        name: `Second ${randomUUID()}`,
      });
      const elsewhere = await t.given.login(owner);
      const moved = await elsewhere.client.post('/users/me/switch-org', { orgId: created.body.id });
      const client = t.client(moved.body.accessToken);
      expect((await client.get<ApiKeyPage>('/auth/api-keys')).body.data).toEqual([]);
      expect(await client.get(`/auth/api-keys/${id}`)).toBeProblem('not_found');
    });
  });

  it('are refused to a role without the permission, and without a credential', async () => {
    const user = await t.given.member(owner, 'user');
    expect(await create({ name: 'CI' }, user)).toBeProblem('permission_missing');
    expect(await user.client.get('/auth/api-keys')).toBeProblem('permission_missing');
    expect(await t.post('/auth/api-keys', { name: 'CI' })).toBeProblem('authentication_required');
  });

  it('are transferred with the account to the person who verifies its address', async () => {
    const squatter = await t.given.unverifiedTenant();
    const { id, key } = await keys.create(squatter);
    const token = await t.given.resetToken(squatter);
    await t.post('/auth/reset-password', { token, newPassword: 'Granite-Meadow-77-Oboe' });
    expect(await keys.isGood(key)).toBe(false);
    const [event] = await t.database.query<{ tenant_id: string }>(
      `SELECT tenant_id FROM audit_events WHERE target_id = $1 AND action = 'api_key.revoked'`,
      [id],
    );
    expect(event?.tenant_id).toBe(squatter.tenant.id);
  });

  it('stay with a verified account that is recovered, where they are older than a month', async () => {
    const person = await t.given.verifiedTenant();
    const { id, key } = await keys.create(person);
    await t.database.query(
      `UPDATE api_key_secrets SET created_at = created_at - interval '31 days' WHERE key_id = $1`,
      [id],
    );
    const token = await t.given.resetToken(person);
    await t.post('/auth/reset-password', { token, newPassword: 'Granite-Meadow-77-Oboe' });
    expect(await keys.isGood(key)).toBe(true);
  });
});

describe('a limit of three API keys', () => {
  const t = useSharedApp({ MAX_API_KEYS_PER_USER: '3' });
  const keys = new ApiKeys(t);

  it('is enforced in thirty parallel requests, for each person and tenant', async () => {
    const owner = await t.given.tenant();
    const replies = await burst(30, () => owner.client.post('/auth/api-keys', { name: 'CI' }));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 3, 409: 27 });
    expect(replies.find(({ status }) => status === 409)).toBeProblem('api_key_limit_reached');

    expect((await keys.create(await t.given.member(owner, 'manager'))).name).toBe('CI');
  });

  it('counts valid keys: a revoked or expired one frees a place, and a rotated one takes no second one', async () => {
    const owner = await t.given.tenant();
    const [first, second, third] = await burst(3, () => keys.create(owner));
    await owner.client.delete(`/auth/api-keys/${first?.id}`);
    await t.database.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [second?.id]);
    expect((await keys.rotate(owner, third?.id ?? '')).status).toBe(200);
    await burst(2, () => keys.create(owner));
    expect(await owner.client.post('/auth/api-keys', { name: 'CI' })).toBeProblem('api_key_limit_reached');
    expect(await keys.rotate(owner, second?.id ?? '')).toBeProblem('api_key_limit_reached');
    expect((await keys.rotate(owner, third?.id ?? '')).status).toBe(200);
  });
});
