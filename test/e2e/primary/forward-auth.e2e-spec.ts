import { ApiKeys } from '../../support/api-keys.js';
import { Gateway, GUARDED } from '../../support/gateway.js';
import { PASSWORD } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

/** Headers with which a client tries to be another person. */
const FORGED = {
  'X-Auth-User': '0192f3a0-0000-7000-8000-000000000000',
  'X-Auth-Tenant': '0192f3a0-0000-7000-8000-000000000001',
  'x-auth-role': 'admin',
  'X-AUTH-SCOPES': 'leads.view leads.delete',
  'X-Auth-Actor': 'user',
  'X-Auth-Act': '0192f3a0-0000-7000-8000-000000000003',
  'X-Auth-Client': '0192f3a0-0000-7000-8000-000000000002',
};
const NAMES = [
  'x-auth-user',
  'x-auth-tenant',
  'x-auth-role',
  'x-auth-scopes',
  'x-auth-actor',
  'x-auth-act',
  'x-auth-client',
];
const NOBODY = Object.fromEntries(NAMES.map((name) => [name, '']));

type Seen = Record<string, string>;

describe('a product behind a gateway that asks GET /auth/verify', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  const twoFactor = new TwoFactor(t);
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await Gateway.open(t.server.origin, '/auth');
  });
  afterAll(() => gateway.close());

  /** The headers that reach the product for a request with these headers; a status if the request is refused. */
  const reach = async (headers: Record<string, string>): Promise<Seen | number> => {
    const reply = await fetch(`${gateway.origin}${GUARDED}/orders`, { headers });
    return reply.ok ? ((await reply.json()) as Seen) : reply.status;
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('gets the person, whatever the client’s own headers say', async () => {
    const owner = await t.given.verifiedTenant();
    const member = await t.given.member(owner, 'user');
    const expected = {
      ...NOBODY,
      'x-auth-user': member.user.id,
      'x-auth-tenant': owner.tenant.id,
      'x-auth-role': 'user',
      'x-auth-scopes': '',
      'x-auth-actor': 'user',
    };
    expect(await reach(bearer(member.accessToken))).toEqual(expected);
    expect(await reach({ ...FORGED, ...bearer(member.accessToken) })).toEqual(expected);
  });

  it('gets a key without a role, with the scopes that are effective at that moment', async () => {
    const owner = await t.given.verifiedTenant();
    const manager = await t.given.member(owner, 'manager');
    const { key } = await keys.create(manager, { scopes: ['leads.view', 'leads.delete'] });
    const expected = {
      ...NOBODY,
      'x-auth-user': manager.user.id,
      'x-auth-tenant': owner.tenant.id,
      'x-auth-role': '',
      'x-auth-scopes': 'leads.view leads.delete',
      'x-auth-actor': 'api-key',
    };
    expect(await reach({ ...FORGED, ...bearer(key) })).toEqual(expected);
    expect(await reach({ ...FORGED, 'x-api-key': key })).toEqual(expected);

    await keys.setRole(manager, 'user');
    expect(await reach({ ...FORGED, ...bearer(key) })).toEqual({
      ...expected,
      'x-auth-scopes': 'leads.view',
    });

    const { key: powerless } = await keys.create(owner, { scopes: [] });
    const seen = await reach({ ...FORGED, ...bearer(powerless) });
    expect(seen).toMatchObject({ 'x-auth-user': owner.user.id, 'x-auth-role': '', 'x-auth-scopes': '' });
  });

  it('gets neither organisation nor role of a person who has none', async () => {
    const member = await t.given.member(await t.given.verifiedTenant());
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
    const { body } = await t.post('/auth/login', { email: member.email, password: PASSWORD });
    const expected = { ...NOBODY, 'x-auth-user': member.user.id, 'x-auth-actor': 'user' };
    expect(await reach({ ...FORGED, ...bearer(body.accessToken) })).toEqual(expected);
  });

  it('gets no request that is refused', async () => {
    const owner = await t.given.verifiedTenant();
    await keys.setPolicy(owner, 'require_two_factor');
    expect(await reach({ ...FORGED })).toBe(401);
    expect(await reach({ ...FORGED, ...bearer(owner.accessToken) })).toBe(403);
    expect(await reach({ ...FORGED, ...bearer(owner.accessToken), 'x-api-key': 'sk_live_x' })).toBe(400);
    expect(await reach({ ...FORGED, ...bearer(owner.refreshToken) })).toBe(401);
  });

  it.each<[string, (path: string) => Promise<{ status: number; headers: Record<string, string> }>]>([
    ['without a credential', (path) => t.get(path, { headers: FORGED })],
    ['with an invalid token', (path) => t.client('x').get(path, { headers: FORGED })],
    ['with two credentials', (path) => t.client('x').get(path, { headers: { ...FORGED, 'x-api-key': 'x' } })],
    ['to HEAD', (path) => t.client().send('HEAD', path, undefined, { headers: FORGED })],
    [
      'to a person who must enrol a second factor',
      async (path) => {
        const owner = await t.given.verifiedTenant();
        await keys.setPolicy(owner, 'require_two_factor');
        return owner.client.get(path, { headers: FORGED });
      },
    ],
  ])('gets every header, empty, in the refusal %s', async (_, ask) => {
    const { status, headers } = await ask('/auth/verify');
    expect([400, 401, 403]).toContain(status);
    expect(Object.fromEntries(NAMES.map((name) => [name, headers[name]]))).toEqual(NOBODY);
  });

  it('gets the response for HEAD that it gets for GET', async () => {
    const { client, user } = await twoFactor.owner();
    const { status, headers } = await client.send('HEAD', '/auth/verify');
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'x-auth-user': user.id, 'x-auth-role': 'admin', 'x-auth-scopes': '' });
  });
});
