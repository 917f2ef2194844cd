import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import type { Client } from '../../support/client.js';
import { at, Datixlab, uuidOf } from '../../support/datixlab.js';
import { type Account, PASSWORD, unique } from '../../support/given.js';
import { remoteKeys } from '../../support/remote-keys.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const ENROLMENT_REQUIRED = 'two_factor_enrolment_required';
const TENANT_CLAIMS = ['org_id', 'role', 'role_level'];

describe('a session whose organisation requires a second factor that its person does not have', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const d = new Datixlab(t);
  const require = async (tenantId: string, required = true) => {
    await t.database.query('UPDATE tenants SET require_two_factor = $2 WHERE id = $1', [tenantId, required]);
  };
  /** A member who may invite and has no second factor, in a tenant that requires one. */
  const owing = async (): Promise<Account> => {
    const owner = await t.given.verifiedTenant();
    await require(owner.tenant.id);
    return owner;
  };
  /** As a service that verifies a token offline reads it: with the published keys. */
  const readOffline = async (accessToken: string): Promise<JWTPayload> => {
    const jwks = remoteKeys(`${t.server.origin}/.well-known/jwks.json`);
    const options = { issuer: t.server.origin, audience: t.server.origin, typ: 'at+jwt' };
    return (await jwtVerify(accessToken, jwks, options)).payload;
  };
  const expectWithoutTenant = async (accessToken: string) => {
    const claims = await readOffline(accessToken);
    expect(Object.keys(claims).filter((name) => TENANT_CLAIMS.includes(name))).toEqual([]);
  };
  const expectWithTenant = async (accessToken: string, tenantId: string, role = 'admin') => {
    expect(await readOffline(accessToken)).toMatchObject({ org_id: tenantId, role });
  };

  describe('has neither organisation nor role in its access token', () => {
    it('after a sign-in at any contract', async () => {
      const { email } = await owing();
      const body = { email, password: PASSWORD };
      const primary = await t.post('/auth/login', body);
      const katixo = await t.client().post<{ data: { accessToken: string } }>('/api/v1/auth/login', body);
      const datixlab = await d.post('/login', body);
      expect(primary.body.twoFactorEnrolmentRequired).toBe(true);
      await expectWithoutTenant(primary.body.accessToken);
      await expectWithoutTenant(katixo.body.data.accessToken);
      await expectWithoutTenant(datixlab.body.access_token);
    });

    it('after any number of refreshes, with the refresh token or at datixlab with the access token', async () => {
      const { email, refreshToken } = await owing();
      const first = (await t.post('/auth/refresh', { refreshToken })).body;
      const second = (await t.post('/auth/refresh', { refreshToken: first.refreshToken })).body;
      await expectWithoutTenant(first.accessToken);
      await expectWithoutTenant(second.accessToken);
      const { client } = await d.login({ email, password: PASSWORD });
      await expectWithoutTenant((await d.post('/refresh', undefined, client)).body.access_token);
    });

    it('after an invitation was accepted', async () => {
      const owner = await twoFactor.owner();
      await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [owner.user.id]);
      await require(owner.tenant.id);
      const member = await t.given.member(owner);
      await expectWithoutTenant(member.accessToken);
    });

    it('when it switches to another organisation and back to the one that requires it', async () => {
      const owner = await t.given.tenant();
      const { body: lax } = await owner.client.post('/users/me/organisations', { name: `Lax ${unique()}` });
      await require(owner.tenant.id);
      const there = (await owner.client.post('/users/me/switch-org', { orgId: lax.id })).body.accessToken;
      await expectWithTenant(there, lax.id);
      const back = await t.client(there).post('/users/me/switch-org', { orgId: owner.tenant.id });
      expect(back).toBeProblem(ENROLMENT_REQUIRED);
    });

    it('after the second factor was turned off', async () => {
      const owner = await twoFactor.owner();
      await require(owner.tenant.id);
      const body = { password: owner.password, code: owner.backupCodes[0] };
      const off = await owner.client.post('/auth/disable-2fa', body);
      await expectWithoutTenant(off.body.accessToken);
      await expectWithoutTenant(
        (await t.post('/auth/refresh', { refreshToken: off.body.refreshToken })).body.accessToken,
      );
    });
  });

  describe('has both as soon as the enrolment is confirmed', () => {
    it('in the response to that, and in its next refresh', async () => {
      const { email, tenant } = await owing();
      const { body: session } = await t.post('/auth/login', { email, password: PASSWORD });
      const client = t.client(session.accessToken);
      const { authenticator } = await twoFactor.enrol(client);
      await expectWithoutTenant(
        (await t.post('/auth/refresh', { refreshToken: session.refreshToken })).body.accessToken,
      );
      const { body } = await client.post('/auth/confirm-2fa', { code: authenticator.code() });
      await expectWithTenant(body.accessToken, tenant.id);
      const refreshed = await t.post('/auth/refresh', { refreshToken: body.refreshToken });
      await expectWithTenant(refreshed.body.accessToken, tenant.id);
      expect((await t.client(body.accessToken).patch('/auth/me', { firstName: 'Ada' })).status).toBe(200);
    });

    it('for a client that ignores the new pair, with its next refresh; its old token works meanwhile', async () => {
      const { email, tenant } = await owing();
      const { body: session } = await t.post('/auth/login', { email, password: PASSWORD });
      const client = t.client(session.accessToken);
      await twoFactor.enable(client);
      expect((await client.patch('/auth/me', { firstName: 'Ada' })).status).toBe(200);
      const refreshed = await t.post('/auth/refresh', { refreshToken: session.refreshToken });
      await expectWithTenant(refreshed.body.accessToken, tenant.id);
    });

    it('at datixlab', async () => {
      const owner = await d.owner();
      await d.requireTwoFactor(owner);
      const { client, accessToken } = await d.login(owner);
      await expectWithoutTenant(accessToken);
      const { authenticator } = await twoFactor.enrol(client);
      const { body } = await d.post('/confirm-2fa', { code: authenticator.code() }, client);
      await expectWithTenant(body.access_token, uuidOf(owner.user.organization_id ?? ''));
      await expectWithTenant(
        (await d.post('/refresh', undefined, t.client(body.access_token))).body.access_token,
        uuidOf(owner.user.organization_id ?? ''),
      );
    });
  });

  it('has none of them in the responses to products: verify, introspection, authorize and me', async () => {
    const owner = await t.given.verifiedTenant();
    const guarded = await t.given.member(owner);
    await twoFactor.enable(guarded.client);
    await require(owner.tenant.id);
    const { body: session } = await t.post('/auth/login', { email: owner.email, password: PASSWORD });
    for (const token of [owner.accessToken, session.accessToken]) {
      const client = t.client(token);
      const verified = await client.get('/auth/verify');
      expect(verified).toBeProblem(ENROLMENT_REQUIRED);
      expect(verified.headers).toMatchObject({ 'x-auth-role': '', 'x-auth-tenant': '' });
      expect((await guarded.client.post('/auth/introspect', { token })).text).toBe('{"active":false}');
      const asked = await client.post('/auth/authorize', { resource: 'leads', action: 'view' });
      expect(asked.body).toEqual({ allowed: false, reason: ENROLMENT_REQUIRED });
      const nothing = { role: null, roleLevel: null, permissions: {} };
      const me = await client.get('/auth/me');
      expect(me.body).toMatchObject({ ...nothing, tenant: null, departmentId: null, teamIds: [] });
      expect(me.body.twoFactorEnrolmentRequired).toBe(true);
      const katixo = await client.get<{ data: object }>('/api/v1/auth/me');
      expect(katixo.body.data).toMatchObject({ ...nothing, organisation: null });
      const datixlab = await client.get<{ role: null }>(at('/me'));
      expect(datixlab.body).toMatchObject({ role: null, organization_id: null, assigned_agents: [] });
    }
  });

  it('has organisation and role where no second factor is required', async () => {
    const owner = await twoFactor.owner();
    await require(owner.tenant.id);
    const me = await owner.client.get('/auth/me');
    expect(me.body).toMatchObject({ role: 'admin', roleLevel: 100, tenant: { id: owner.tenant.id } });
    expect(me.body).not.toHaveProperty('twoFactorEnrolmentRequired');
  });

  describe('that was open when the organisation began to require it', () => {
    const setPolicy = (client: Client, policies: Record<string, unknown>) =>
      client.patch('/tenants/current', { policies });
    const staff = async () => {
      const owner = await t.given.verifiedTenant();
      const member = await t.given.member(owner, 'manager');
      const { authenticator } = await twoFactor.enable(owner.client);
      return { owner, member, authenticator };
    };

    it('has its access token ended at once, and is refreshed to one without organisation and role', async () => {
      const { owner, member } = await staff();
      expect(decodeJwt(member.accessToken)).toMatchObject({ role: 'manager' });
      expect((await setPolicy(owner.client, { requireTwoFactor: true })).status).toBe(200);
      expect(await member.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const { refreshToken } = member;
      const { status, body } = await t.post('/auth/refresh', { refreshToken });
      expect(status).toBe(200);
      await expectWithoutTenant(body.accessToken);
      expect(await t.client(body.accessToken).get('/auth/verify')).toBeProblem(ENROLMENT_REQUIRED);
      await twoFactor.enable(t.client(body.accessToken));
      const next = await t.post('/auth/refresh', { refreshToken: body.refreshToken });
      await expectWithTenant(next.body.accessToken, owner.tenant.id, 'manager');
    });

    it('cannot be renewed by its access token any more', async () => {
      const { owner, member } = await staff();
      const { client } = await d.login({ email: member.email, password: PASSWORD });
      await setPolicy(owner.client, { requireTwoFactor: true });
      expect((await d.post('/refresh', undefined, client)).body.code).toBe('access_token_invalid');
    });

    it('and no other: not of a person with a second factor, of another organisation, nor by another policy', async () => {
      const { owner, member } = await staff();
      const { body: own } = await member.client.post('/users/me/organisations', { name: `Own ${unique()}` });
      const { body } = await member.client.post('/users/me/switch-org', { orgId: own.id });
      const colleague = await t.given.member(owner);
      await setPolicy(owner.client, { trustedDevices: true });
      expect((await colleague.client.get('/auth/me')).status).toBe(200);
      await setPolicy(owner.client, { requireTwoFactor: true });
      expect((await owner.client.get('/auth/me')).status).toBe(200);
      expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(200);
      expect(await colleague.client.get('/auth/me')).toBeProblem('access_token_invalid');
      // A policy that is already required changes nothing
      const { body: again } = await t.post('/auth/refresh', { refreshToken: colleague.refreshToken });
      await setPolicy(owner.client, { requireTwoFactor: true, trustedDevices: false });
      expect((await t.client(again.accessToken).get('/auth/me')).status).toBe(200);
    });
  });
});
