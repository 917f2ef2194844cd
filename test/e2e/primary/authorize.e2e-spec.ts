import { PERMISSIONS } from '../../../src/common/permissions.js';
import { ApiKeys } from '../../support/api-keys.js';
import type { Client } from '../../support/client.js';
import { type Account, PASSWORD } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

interface Result {
  allowed: boolean;
  reason: string | null;
}

const ALLOWED: Result = { allowed: true, reason: null };
const LACKING: Result = { allowed: false, reason: 'permission_missing' };

const ask = (client: Client, resource: string, action: string) =>
  client.post<Result>('/auth/authorize', { resource, action });

describe('POST /auth/authorize', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  let owner: Account;
  let user: Account;
  const resultOf = async (client: Client, permission: string): Promise<Result> => {
    const [resource = '', action = ''] = permission.split('.');
    const { status, body } = await ask(client, resource, action);
    expect([permission, status]).toEqual([permission, 200]);
    return body;
  };

  beforeAll(async () => {
    owner = await t.given.tenant();
    user = await t.given.member(owner, 'user');
  });

  it('answers as the role says, for everything in the catalogue', async () => {
    const { permissions } = (await user.client.get('/auth/me')).body;
    for (const permission of PERMISSIONS) {
      const [resource = '', action = ''] = permission.split('.');
      const held = permissions[resource]?.[action] === true;
      expect([permission, await resultOf(user.client, permission)]).toEqual([
        permission,
        held ? ALLOWED : LACKING,
      ]);
    }
  });

  it('uses a changed role at the next request', async () => {
    const member = await t.given.member(owner, 'manager');
    expect(await resultOf(member.client, 'leads.delete')).toEqual(ALLOWED);
    await keys.setRole(member, 'user');
    expect(await resultOf(member.client, 'leads.delete')).toEqual(LACKING);
  });

  it('distinguishes a permission that a key’s scopes lack from one that its owner lacks', async () => {
    const { key } = await keys.create(owner, { scopes: ['leads.view'] });
    const client = t.client(key);
    expect(await resultOf(client, 'leads.view')).toEqual(ALLOWED);
    expect(await resultOf(client, 'leads.edit')).toEqual({ allowed: false, reason: 'scope_missing' });
    expect(await resultOf(client, 'members.view')).toEqual({ allowed: false, reason: 'scope_missing' });
    expect(await resultOf(client, 'invoices.view')).toEqual(LACKING);
  });

  it('says so where a second factor must be set up first', async () => {
    const other = await t.given.tenant();
    expect(await resultOf(other.client, 'leads.view')).toEqual(ALLOWED);
    await keys.setPolicy(other, 'require_two_factor');
    const expected = { allowed: false, reason: 'two_factor_enrolment_required' };
    expect(await resultOf(other.client, 'leads.view')).toEqual(expected);
    await new TwoFactor(t).enable(other.client);
    expect(await resultOf(other.client, 'leads.view')).toEqual(ALLOWED);
  });

  it('says so where the person has no tenant', async () => {
    const member = await t.given.member(owner, 'manager');
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
    const { body } = await t.post('/auth/login', { email: member.email, password: PASSWORD });
    const client = t.client(body.accessToken);
    expect(await resultOf(client, 'leads.view')).toEqual({ allowed: false, reason: 'no_active_tenant' });
  });

  it.each([
    [{}, ['#/resource', '#/action']],
    [{ resource: 'planets', action: 'view' }, ['#/resource', '#/action']],
    [{ resource: 'leads', action: 'approve' }, ['#/action']],
    [{ resource: 'leads', action: 'toString' }, ['#/action']],
    [{ resource: 'constructor', action: 'name' }, ['#/resource', '#/action']],
    [{ resource: 'leads.view', action: '' }, ['#/resource', '#/action']],
    [{ resource: ['leads'], action: ['view'] }, ['#/resource']],
    [{ resource: 'leads', action: null }, ['#/action']],
    [{ resource: 'leads', action: 'view', userId: 'x' }, ['#/userId']],
  ])('refuses %j', async (body, pointers) => {
    const reply = await owner.client.post('/auth/authorize', body);
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(pointers));
  });

  it('requires a credential', async () => {
    expect(await ask(t.client(), 'leads', 'view')).toBeProblem('authentication_required');
    expect(await ask(t.client('x'), 'leads', 'view')).toBeProblem('access_token_invalid');
  });
});

describe('GET /auth/verify', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  const AUTH_HEADER = /^x-auth-/;
  const NOBODY = {
    'x-auth-user': '',
    'x-auth-tenant': '',
    'x-auth-role': '',
    'x-auth-scopes': '',
    'x-auth-actor': '',
    'x-auth-act': '',
    'x-auth-client': '',
  };
  const headersOf = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => AUTH_HEADER.test(name)));

  it('returns the caller to a gateway, in headers and without a body', async () => {
    const owner = await t.given.tenant();
    const { key } = await keys.create(owner, { scopes: ['leads.edit', 'leads.view'] });
    const who = { 'x-auth-user': owner.user.id, 'x-auth-tenant': owner.tenant.id };
    for (const [token, about] of [
      [owner.accessToken, { 'x-auth-actor': 'user', 'x-auth-role': 'admin', 'x-auth-scopes': '' }],
      [key, { 'x-auth-actor': 'api-key', 'x-auth-role': '', 'x-auth-scopes': 'leads.view leads.edit' }],
    ] as const) {
      const { status, headers, text } = await t.client(token).get('/auth/verify');
      expect([status, text]).toEqual([204, '']);
      expect(headersOf(headers)).toEqual({ ...NOBODY, ...who, ...about });
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it.each<Record<string, string>>([
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'text/plain; charset=latin1' },
    { 'content-encoding': 'gzip' },
  ])('answers a gateway that forwards the headers of an upload: %j', async (headers) => {
    const { client } = await t.given.tenant();
    expect((await client.get('/auth/verify', { headers })).status).toBe(204);
  });

  it('returns empty headers where there is no tenant', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
    const { body } = await t.post('/auth/login', { email: member.email, password: PASSWORD });
    const { status, headers } = await t.client(body.accessToken).get('/auth/verify');
    expect(status).toBe(204);
    expect(headersOf(headers)).toEqual({ ...NOBODY, 'x-auth-user': member.user.id, 'x-auth-actor': 'user' });
  });

  it('refuses all other callers, and ignores their identity headers', async () => {
    const owner = await t.given.tenant();
    const headers = { 'x-auth-user': owner.user.id, 'x-auth-tenant': owner.tenant.id };
    const anonymous = await t.get('/auth/verify', { headers });
    expect(anonymous).toBeProblem('authentication_required');
    await owner.client.post('/auth/logout');
    const signedOut = await owner.client.get('/auth/verify', { headers });
    expect(signedOut).toBeProblem('access_token_invalid');
    const notAKey = await t.client('sk_live_x').get('/auth/verify', { headers });
    expect(notAKey).toBeProblem('api_key_invalid');
    for (const refusal of [anonymous, signedOut, notAKey]) expect(headersOf(refusal.headers)).toEqual(NOBODY);
  });
});
