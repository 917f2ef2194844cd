import { ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import { contractOf } from '../../support/documents.js';
import { type Operator, Operators, WHY } from '../../support/operators.js';
import type { Server } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';
import { useWarmProcess } from '../../support/warm-process.js';

const beside = useWarmProcess();
const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
const operators = new Operators(t);
let second: Server;
let operator: Operator;

beforeAll(async () => {
  second = await beside.serveBeside(t.server);
  operator = await operators.signedIn();
});

const act = (path: string, why: object = WHY) => operator.client.post<Record<string, unknown>>(path, why);

describe('a tenant', () => {
  it('is found by a part of its name, read, suspended and restored, at once on every server', async () => {
    const owner = await t.given.tenant();
    const { id, slug } = owner.tenant;
    const { body } = await operator.client.get<{ data: { id: string }[] }>(
      `/platform/tenants?search=${slug.slice(2).toUpperCase()}`,
    );
    expect(body.data.map((tenant) => tenant.id)).toEqual([id]);
    const read = await operator.client.get(`/platform/tenants/${id}`);
    expect(read.body).toMatchObject({ id, slug, status: 'active', members: 1, deletionAt: null });

    const there = t.client(owner.accessToken, second);
    expect((await there.get('/auth/me')).status).toBe(200);
    expect((await act(`/platform/tenants/${id}/suspend`)).body).toEqual({ changed: true });
    const replies = await burst(20, () => there.get('/auth/me'));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 20 });
    expect((await act(`/platform/tenants/${id}/suspend`)).body).toEqual({ changed: false });
    expect((await act(`/platform/tenants/${id}/restore`)).body).toEqual({ changed: true });
    expect((await there.get('/auth/me')).status).toBe(200);
  });

  it('is deleted with 14 days to call it off', async () => {
    const { tenant } = await t.given.tenant();
    const { body } = await act(`/platform/tenants/${tenant.id}/delete`);
    expect(body).toEqual({ changed: true, deletionAt: expect.any(String) as string });
    const { body: listed } = await operator.client.get<{ data: object[] }>(
      '/platform/tenants?status=suspended',
    );
    expect(listed.data).toContainEqual(
      expect.objectContaining({ id: tenant.id, deletionAt: body.deletionAt }),
    );
    expect((await act(`/platform/tenants/${tenant.id}/undelete`)).body).toEqual({ changed: true });
    expect((await act(`/platform/tenants/${tenant.id}/restore`)).body).toEqual({ changed: true });
  });

  it('is listed in pages that end', async () => {
    await burst(3, () => t.given.tenant());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await operator.client.get<{ data: { id: string }[]; nextCursor: string | null }>(
        `/platform/tenants?limit=2${query}`,
      );
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    const rows = await t.database.query<{ id: string }>('SELECT id FROM tenants ORDER BY id');
    expect(seen).toEqual(rows.map(({ id }) => id));
  });
});

describe('a person', () => {
  it('is found by the exact identifier, and by no part of it', async () => {
    const owner = await t.given.tenant();
    const find = (identifier: string) => operator.client.post('/platform/people/find', { identifier });
    const found = await find(` ${owner.email.toUpperCase()}`);
    expect(found.body).toMatchObject({
      id: owner.user.id,
      email: owner.email,
      status: 'active',
      memberships: [{ tenantId: owner.tenant.id, role: 'admin', status: 'active' }],
    });
    expect(found.text).not.toMatch(/hash|secret|password/i);
    for (const text of [owner.email.slice(1), '%', '', 'nobody', '+910000000000'])
      expect(await find(text)).toBeProblem('not_found');
  });

  it('is blocked with all credentials on every server, and is back when unblocked', async () => {
    const owner = await t.given.tenant();
    const { key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const there = (token: string) => t.client(token, second).get('/auth/me');
    expect((await there(key)).status).toBe(200);
    expect((await act(`/platform/people/${owner.user.id}/block`)).body).toEqual({
      changed: true,
      sessions: 1,
    });
    const replies = await burst(40, (index) => there(index % 2 === 0 ? key : owner.accessToken));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 40 });
    const again = { email: owner.email, password: owner.password };
    expect(await t.post('/auth/login', again)).toBeProblem('invalid_credentials');
    expect((await operator.client.get(`/platform/people/${owner.user.id}`)).body).toMatchObject({
      status: 'blocked',
    });

    expect((await act(`/platform/people/${owner.user.id}/unblock`)).body).toEqual({ changed: true });
    expect((await there(key)).status).toBe(200);
    expect((await there(owner.accessToken)).status).toBe(401);
    expect((await t.post('/auth/login', again)).status).toBe(200);
  });

  it('is signed out, and helped with a lost second factor and a lost link', async () => {
    const owner = await t.given.unverifiedTenant();
    await new TwoFactor(t).enable(owner.client);
    const { id } = owner.user;
    expect((await act(`/platform/people/${id}/reset-second-factor`)).body).toMatchObject({ changed: true });
    expect(await act(`/platform/people/${id}/reset-second-factor`)).toBeProblem('two_factor_not_enabled');
    const { body } = await t.post('/auth/login', { email: owner.email, password: owner.password });
    expect((await act(`/platform/people/${id}/end-sessions`)).body).toEqual({ changed: true, sessions: 1 });
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(401);
    expect((await act(`/platform/people/${id}/resend-verification`)).body).toEqual({
      sent: true,
      retryAfter: null,
    });
    expect((await t.inbox.messages(owner.email, 'verify-email')).length).toBe(2);
  });

  it('gets back an account that is being deleted', async () => {
    const owner = await t.given.tenant();
    expect((await owner.client.delete('/users/me', { password: owner.password })).status).toBeLessThan(300);
    const again = { email: owner.email, password: owner.password };
    expect((await t.post('/auth/login', again)).status).toBe(401);
    const path = `/platform/people/${owner.user.id}/restore`;
    expect((await act(path)).body).toEqual({ changed: true });
    expect((await act(path)).body).toEqual({ changed: false });
    expect((await t.post('/auth/login', again)).status).toBe(200);
  });
});

describe('credentials', () => {
  it('are listed, and single ones end at once', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const sessions = await operator.client.get<{ id: string }[]>(
      `/platform/people/${owner.user.id}/sessions`,
    );
    expect(sessions.body).toHaveLength(1);
    const keys = await operator.client.get<{ id: string }[]>(`/platform/people/${owner.user.id}/api-keys`);
    expect(keys.body).toEqual([expect.objectContaining({ id, revokedAt: null })]);
    expect(keys.text).not.toContain(key);
    const found = await operator.client.post('/platform/api-keys/find', { key });
    expect(found.body).toMatchObject({ id, userId: owner.user.id, tenantId: owner.tenant.id });
    expect(await operator.client.post('/platform/api-keys/find', { key: key.slice(0, -1) })).toBeProblem(
      'not_found',
    );

    const ends = await burst(20, () => act(`/platform/api-keys/${id}/revoke`));
    expect(countBy(ends, ({ status }) => status)).toEqual({ 204: 1, 404: 19 });
    expect((await t.client(key, second).get('/auth/me')).status).toBe(401);
    const path = `/platform/sessions/${sessions.body[0]?.id}/revoke`;
    expect(countBy(await burst(20, () => act(path)), ({ status }) => status)).toEqual({ 204: 1, 404: 19 });
    expect((await t.client(owner.accessToken, second).get('/auth/me')).status).toBe(401);
  });
});

describe('messages, limits and the trail', () => {
  it('show what became of messages, and nothing that they say', async () => {
    const { email } = await t.given.unverifiedTenant();
    const { body, text } = await operator.client.post<object[]>('/platform/messages/find', {
      identifier: email,
    });
    expect(body).toEqual([
      expect.objectContaining({
        channel: 'email',
        template: 'verify-email',
        status: expect.any(String) as string,
      }),
    ]);
    const [{ link = '' } = {}] = await t.inbox.messages(email, 'verify-email');
    expect(text).not.toContain(/token=(.+)/.exec(link)?.[1] ?? '-');
    expect(text).not.toContain(email);
  });

  it('show a slow-down of sign-ins and lift it', async () => {
    const owner = await t.given.tenant();
    const login = (password: string) => t.post('/auth/login', { email: owner.email, password });
    await burst(8, () => login('wrong'));
    expect(await login(owner.password)).toBeProblem('too_many_attempts');
    const limits = await operator.client.post<object[]>('/platform/limits/find', { identifier: owner.email });
    expect(limits.body).toEqual([
      { kind: 'password', failures: 5, blockedUntil: expect.any(String) as string },
    ]);
    expect((await act('/platform/limits/lift', { ...WHY, identifier: owner.email })).status).toBe(204);
    expect((await login(owner.password)).status).toBe(200);
  });

  it('record each act with its operator for operators, and with the reference for the tenant', async () => {
    const owner = await t.given.tenant();
    await act(`/platform/tenants/${owner.tenant.id}/suspend`);
    await act(`/platform/tenants/${owner.tenant.id}/restore`);
    const list = (query: string) =>
      operator.client.get<{ data: Record<string, unknown>[] }>(`/platform/audit-events?${query}`);
    const { body: me } = await operator.client.get('/platform/auth/me');
    const { body } = await list(`scope=platform&targetId=${owner.tenant.id}`);
    expect(body.data.map(({ action, detail, actor }) => ({ action, detail, actor }))).toEqual(
      ['tenant.restored', 'tenant.suspended'].map((action) => ({
        action,
        detail: WHY,
        actor: { kind: 'operator', id: me.id },
      })),
    );
    const own = await owner.client.get('/tenants/current/audit-events?action=tenant.suspended');
    expect(own.body.data).toEqual([
      expect.objectContaining({
        actor: { kind: 'operator', id: null, name: null },
        detail: { reference: WHY.reference },
      }),
    ]);
    expect((await list(`tenantId=${owner.tenant.id}`)).body.data.length).toBeGreaterThan(2);
    expect((await list('action=operator.signed_in&limit=1')).body.data).toHaveLength(1);
  });
});

describe('an act', () => {
  const { document, operations } = contractOf('platform');
  const bodyOf = (operation?: (typeof operations)[number]) => {
    const { $ref = '' } = operation?.requestBody?.content['application/json']?.schema ?? {};
    return document.components.schemas[$ref.split('/').pop() ?? '']?.properties ?? {};
  };
  const changes = operations.filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/platform/auth/'),
  );
  const acts = changes.filter((operation) => 'reason' in bodyOf(operation));

  it('is everything but a search, and the end of what was begun with a reason', () => {
    expect(changes.filter((one) => !acts.includes(one)).map(({ operationId }) => operationId)).toEqual([
      'findPerson',
      'endImpersonation',
      'findKey',
      'findMessages',
      'findLimits',
    ]);
  });

  it.each(acts.map(({ operationId, path }) => [operationId, path]))(
    '%s is refused without an explanation, and does nothing',
    async (_, path) => {
      const owner = await t.given.tenant();
      const id = path.includes('/tenants/') ? owner.tenant.id : owner.user.id;
      const rest = { tenantId: owner.tenant.id, identifier: owner.email };
      const wants = Object.keys(bodyOf(acts.find((one) => one.path === path)));
      const body = Object.fromEntries(Object.entries(rest).filter(([name]) => wants.includes(name)));
      for (const why of [
        {},
        { ...WHY, reason: ' ' },
        { ...WHY, reference: '' },
        { ...WHY, reason: 'x'.repeat(501) },
        { ...WHY, reference: 'case\u001b[2J' },
      ])
        expect(await act(path.replace('{id}', id), { ...body, ...why })).toBeProblem('validation_failed');
      expect((await owner.client.get('/auth/me')).status).toBe(200);
    },
  );
});
