import { decodeJwt } from 'jose';
import { admitsImpersonation } from '../../../src/access/authorize.js';
import { eventsOf, eventually } from '../../support/audit.js';
import type { Client, Reply } from '../../support/client.js';
import { CONTRACTS } from '../../support/documents.js';
import { type Account, NEW_PASSWORD, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { type Operator, Operators, WHY } from '../../support/operators.js';
import type { Server } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';

const beside = useWarmProcess();
const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
const operators = new Operators(t);
const ID = '01988b6e-7c1f-7000-8000-000000000000';
let operator: Operator;
let operatorId: string;
let second: Server;

beforeAll(async () => {
  second = await beside.serveBeside(t.server);
  operator = await operators.signedIn();
  operatorId = (await operator.client.get<{ id: string }>('/platform/auth/me')).body.id;
});

interface Impersonation {
  accessToken: string;
  expiresIn: number;
  sessionId: string;
  access: string;
}

async function impersonate({ user, tenant }: Account, by: Client = operator.client) {
  const path = `/platform/people/${user.id}/impersonate`;
  const { status, body, text } = await by.post<Impersonation>(path, { ...WHY, tenantId: tenant.id });
  if (status !== 200) throw new Error(`The start got ${status} ${text}`);
  return { ...body, client: t.client(body.accessToken) };
}

const allow = (owner: Account, supportAccess: string) =>
  owner.client.patch('/tenants/current', { policies: { supportAccess } });
const isRefused = ({ status, text }: Reply) => status === 403 && text.includes('impersonation_not_allowed');

const operations = CONTRACTS.flatMap(({ name, operations: all }) =>
  all.map((operation) => ({ contract: name, ...operation })),
);

it.each(['read', 'write'] as const)(
  'reaches what the access matrix says and nothing else, where the tenant lets operators %s',
  async (access) => {
    const owner = await t.given.tenant();
    expect((await allow(owner, access)).status).toBe(200);
    const { client } = await impersonate(owner);
    const guarded = operations.filter(({ 'x-access': { kind } }) => kind !== 'public');
    for (const { contract, method, path, 'x-access': declared } of guarded) {
      const address = path.replace(/\{\w+\}/g, ID);
      const reply = await client.send(method, address, method === 'GET' ? undefined : {});
      const isOpen = contract !== 'platform' && admitsImpersonation(declared, access);
      const outcome = isRefused(reply) ? 'refused' : reply.status === 401 ? 'no credential' : 'let in';
      const expected = isOpen ? 'let in' : contract === 'platform' ? 'no credential' : 'refused';
      expect([access, contract, method, path, outcome]).toEqual([access, contract, method, path, expected]);
      expect(reply.status).toBeLessThan(500);
    }
    // None of that ended anything of the person
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await client.get('/auth/me')).body).toMatchObject({ email: owner.email });
  },
);

it('has a token of the product, which passes for no service account', async () => {
  const owner = await t.given.tenant();
  const { accessToken, client } = await impersonate(owner);
  const { client_id: product, sid, act, scope } = decodeJwt(accessToken);
  const expected = ['primary', expect.any(String), { sub: operatorId }, undefined];
  expect([product, sid, act, scope]).toEqual(expected);
  const { status, headers } = await client.get('/auth/verify');
  expect([status, headers['x-auth-actor'], headers['x-auth-act'], headers['x-auth-client']]).toEqual([
    204,
    'user',
    operatorId,
    '',
  ]);
  expect(isRefused(await client.post('/auth/introspect', { token: owner.accessToken }))).toBe(true);
  const { body } = await owner.client.post('/auth/introspect', { token: accessToken });
  expect(body).toMatchObject({ active: true, client_id: 'primary', act: { sub: operatorId } });
});

it('gets neither a refresh token nor a cookie, and has no second factor asked of it', async () => {
  const owner = await t.given.tenant();
  const { client, ...token } = await impersonate(owner);
  expect(Object.keys(token).sort()).toEqual(['access', 'accessToken', 'expiresIn', 'sessionId', 'tokenType']);
  await t.database.query('UPDATE tenants SET require_two_factor = true WHERE id = $1', [owner.tenant.id]);
  expect((await owner.client.get('/tenants/current')).status).toBe(403);
  expect((await client.get('/tenants/current')).status).toBe(200);
});

it('is named as `act` to the services behind Gatehouse, which see what it may do', async () => {
  const owner = await t.given.tenant();
  const { accessToken, client } = await impersonate(owner);
  const introspect = async () =>
    (await owner.client.post<Record<string, unknown>>('/auth/introspect', { token: accessToken })).body;
  const ask = { resource: 'leads', action: 'create' };
  const act = { sub: operatorId };

  const reading = await introspect();
  expect(reading).toMatchObject({
    active: true,
    sub: owner.user.id,
    act,
    permissions: { leads: { create: false } },
  });
  expect(reading).not.toHaveProperty('role');
  expect((await client.post('/auth/authorize', ask)).body).toEqual({
    allowed: false,
    reason: 'permission_missing',
    act,
  });
  expect((await owner.client.post('/auth/authorize', { ...ask, token: accessToken })).body).toMatchObject({
    allowed: false,
    act,
  });
  const verified = await client.get('/auth/verify');
  expect([verified.status, verified.headers['x-auth-act'], verified.headers['x-auth-role']]).toEqual([
    204,
    operatorId,
    '',
  ]);
  const writes = { headers: { 'x-forwarded-method': 'POST' } };
  expect(isRefused(await client.send('GET', '/auth/verify', undefined, writes))).toBe(true);
  expect(isRefused(await client.post('/auth/verify/invoices', {}))).toBe(true);
  expect((await client.get('/auth/verify/invoices')).status).toBe(200);

  await allow(owner, 'write');
  expect(await introspect()).toMatchObject({ act, role: 'admin', permissions: { leads: { create: true } } });
  expect((await client.send('GET', '/auth/verify', undefined, writes)).headers['x-auth-role']).toBe('admin');
  const own = await owner.client.post<object>('/auth/introspect', { token: owner.accessToken });
  expect(own.body).not.toHaveProperty('act');
  expect((await owner.client.get('/auth/verify')).headers['x-auth-act']).toBe('');
  // A caller in the place of a person learns nothing about other tokens
  expect(isRefused(await client.post('/auth/authorize', { ...ask, token: owner.accessToken }))).toBe(true);
});

it('leaves its name in the audit trail with everything that it changes', async () => {
  const owner = await t.given.tenant();
  await allow(owner, 'write');
  const { client } = await impersonate(owner);
  const { status } = await client.post('/tenants/current/teams', { name: 'Support' });
  expect(status).toBe(201);
  const { body } = await owner.client.get<{ data: { action: string; actor: object; detail: object }[] }>(
    '/tenants/current/audit-events?action=team.created',
  );
  expect(body.data).toMatchObject([{ actor: { id: owner.user.id }, detail: { impersonatedBy: operatorId } }]);
});

it('leaves its name in the audit trail with what it is refused, too', async () => {
  const owner = await t.given.tenant();
  const { client } = await impersonate(owner);
  expect(isRefused(await client.post('/auth/api-keys', {}))).toBe(true);
  const [event] = await eventually(async () => {
    const events = await eventsOf(owner.client, { action: 'authorization.refused' });
    return events.length > 0 ? events : undefined;
  });
  expect(event).toMatchObject({
    actor: { id: owner.user.id },
    detail: { codes: ['impersonation_not_allowed'], impersonatedBy: operatorId },
  });
});

it('is among the sessions of the person, who ends it there, at once on every server', async () => {
  const owner = await t.given.tenant();
  const { accessToken, sessionId } = await impersonate(owner);
  const { body } = await owner.client.get<{ data: { id: string; impersonatedBy: string | null }[] }>(
    '/auth/sessions',
  );
  expect(body.data.map((one) => [one.id, one.impersonatedBy])).toContainEqual([sessionId, operatorId]);
  const there = t.client(accessToken, second);
  expect((await there.get('/auth/me')).status).toBe(200);
  expect((await owner.client.delete(`/auth/sessions/${sessionId}`)).status).toBe(204);
  expect((await there.get('/auth/me')).status).toBe(401);
});

it('works only from where the operator may act, at every contract, and services that got it may ask', async () => {
  const here = t.client();
  const email = uniqueEmail('operator');
  const authenticator = await operators.enrol(await operators.create(email, `${here.address}/32`), here);
  const by = await operators.signIn({ email, password: PASSWORD, authenticator }, here);
  const owner = await t.given.tenant();
  const { accessToken: token } = await impersonate(owner, by.client);
  const elsewhere = t.client(token);
  const calls = [
    ['GET', '/auth/me'],
    ['GET', '/auth/verify'],
    ['GET', '/api/v1/auth/me'],
    ['GET', '/v1/auth/me'],
    ['POST', '/auth/authorize'],
  ] as const;
  const ask = { resource: 'leads', action: 'view' };
  for (const [method, path] of calls) {
    const body = method === 'POST' ? ask : undefined;
    expect([path, (await elsewhere.send(method, path, body)).status]).toEqual([path, 401]);
    expect([path, (await here.withToken(token).send(method, path, body)).status < 300]).toEqual([path, true]);
  }
  const introspected = await owner.client.post('/auth/introspect', { token });
  expect(introspected.body).toMatchObject({ active: true, sub: owner.user.id });
  await t.database.query(`UPDATE operators SET allowed_addresses = '{192.0.2.0/24}' WHERE email = $1`, [
    email,
  ]);
  expect((await here.withToken(token).get('/auth/me')).status).toBe(401);
});

/** What a person or a tenant is shown or can take along. */
const SHOWN_TO_PEOPLE = [
  '/auth/sessions',
  '/tenants/current/audit-events',
  '/tenants/current/audit-events/export',
];

it('tells neither the person nor the tenant from where the operator acted', async () => {
  const userAgent = `Console of ${unique()}`;
  const by = await operators.signedIn();
  const { address } = by.client;
  const owner = await t.given.tenant();
  await allow(owner, 'write');
  const headers = { 'user-agent': userAgent };
  const path = `/platform/people/${owner.user.id}/impersonate`;
  const body = { ...WHY, tenantId: owner.tenant.id };
  const started = await by.client.send<Impersonation>('POST', path, body, { headers });
  const inPlace = by.client.withToken(started.body.accessToken);
  const team = await inPlace.send('POST', '/tenants/current/teams', { name: 'Support' }, { headers });
  expect(team.status).toBe(201);
  expect(isRefused(await inPlace.send('POST', '/auth/api-keys', {}, { headers }))).toBe(true);
  await eventually(async () => {
    const events = await eventsOf(owner.client, { action: 'authorization.refused' });
    return events.length > 0 ? events : undefined;
  });

  const sessions = await owner.client.get<{ data: Record<string, unknown>[] }>('/auth/sessions');
  expect(sessions.body.data).toContainEqual(
    expect.objectContaining({
      ...{ id: started.body.sessionId, impersonatedBy: expect.any(String) as string },
      ...{ device: 'Support', address: 'support', userAgent: null },
    }),
  );
  const shown = await Promise.all(SHOWN_TO_PEOPLE.map(async (one) => (await owner.client.get(one)).text));
  const exported = await owner.client.post('/users/me/export', {});
  expect(exported.status).toBeLessThan(300);
  const told = (await t.inbox.messages(owner.email)).map((message) => JSON.stringify(message));
  expect(told.join()).toContain('in your place');
  for (const text of [...shown, exported.text, ...told]) {
    expect(text).not.toContain(userAgent);
    expect(text).not.toMatch(new RegExp(`\\b${address.replaceAll('.', '\\.')}\\b`));
  }
  const kept = await by.client.get('/platform/audit-events?scope=platform');
  expect(kept.text).toContain(address);
});

type Ending = (owner: Account, by: Operator, sessionId: string) => Promise<Reply>;
const ENDINGS: Record<string, Ending> = {
  'the operator ends it': (_, by, id) => by.client.delete(`/platform/impersonations/${id}`),
  'the operator signs out': (_, by) => by.client.post('/platform/auth/sign-out'),
  'the person signs out everywhere': ({ client }) => client.post('/auth/logout', { all: true }),
  'the person changes the password': ({ client }) =>
    client.post('/auth/change-password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
  'the tenant lets no operator in': (owner) => allow(owner, 'none'),
  'the person is blocked': ({ user }, by) => by.client.post(`/platform/people/${user.id}/block`, WHY),
  'the person is signed out': ({ user }, by) =>
    by.client.post(`/platform/people/${user.id}/end-sessions`, WHY),
  'the tenant is suspended': ({ tenant }, by) =>
    by.client.post(`/platform/tenants/${tenant.id}/suspend`, WHY),
};

it('ends at once on every server, whoever ends it', async () => {
  for (const [name, end] of Object.entries(ENDINGS)) {
    const owner = await t.given.tenant();
    const by = name === 'the operator signs out' ? await operators.signedIn() : operator;
    const { accessToken, sessionId } = await impersonate(owner, by.client);
    const there = t.client(accessToken, second);
    expect([name, (await there.get('/auth/me')).status]).toEqual([name, 200]);
    expect([name, (await end(owner, by, sessionId)).status < 300]).toEqual([name, true]);
    expect([name, (await there.get('/auth/me')).status]).toEqual([name, 401]);
    expect([name, (await t.client(accessToken).get('/auth/me')).status]).toEqual([name, 401]);
  }
});
