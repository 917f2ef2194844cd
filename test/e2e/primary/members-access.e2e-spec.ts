import { ApiKeys } from '../../support/api-keys.js';
import { type Account, PASSWORD } from '../../support/given.js';
import { uniquePhone } from '../../support/phone.js';
import { type MemberAnswer, MEMBERS, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

describe('access of a member', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const keys = new ApiKeys(t);
  const act = (as: Account, what: 'suspend' | 'restore', of: Account) =>
    as.client.post<MemberAnswer>(`${MEMBERS}/${of.user.id}/${what}`);
  const remove = (as: Account, of: Account) => as.client.delete(`${MEMBERS}/${of.user.id}`);
  const refresh = ({ refreshToken }: Pick<Account, 'refreshToken'>) =>
    t.post('/auth/refresh', { refreshToken });
  const login = ({ email, tenant }: Account) =>
    t.post('/auth/login', { email, password: PASSWORD, tenantSlug: tenant.slug });

  /** One of each credential, in this tenant and in one of the person's own. */
  const armed = async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'manager');
    const second = await t.given.login(member);
    const elsewhere = await t.given.login(member);
    const own = (await member.client.post('/users/me/organisations', { name: `Own ${member.user.id}` })).body;
    const moved = await elsewhere.client.post('/users/me/switch-org', { orgId: own.id });
    const reset = await t.given.resetToken(member);
    await t.database.query(
      `INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
       SELECT gen_random_uuid(), $1, tenant_id, '{pwd}', 5, now() + interval '5 minutes'
       FROM memberships WHERE user_id = $1`,
      [member.user.id],
    );
    return { owner, member, second, own, elsewhere: moved.body, reset };
  };
  const pendingIn = async ({ user }: Account) =>
    (
      await t.database.query<{ tenant_id: string }>(
        'SELECT tenant_id FROM pending_sign_ins WHERE user_id = $1',
        [user.id],
      )
    ).map(({ tenant_id }) => tenant_id);

  describe.each(['suspension', 'removal'])('ends by %s', (way) => {
    const end = (as: Account, of: Account) => (way === 'removal' ? remove(as, of) : act(as, 'suspend', of));

    it('for every session, pending sign-in and link, and in no other organisation', async () => {
      const { owner, member, second, own, elsewhere, reset } = await armed();
      expect((await end(owner, member)).status).toBeLessThan(300);
      for (const session of [member, second]) {
        expect(await session.client.get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await refresh(session)).toBeProblem('refresh_token_invalid');
      }
      expect(await login(member)).toBeProblem('invalid_credentials');
      expect(await t.get(`/auth/reset-password/validate?token=${reset}`)).toMatchObject({
        status: 400,
      });
      expect(await pendingIn(member)).toEqual([own.id]);

      const there = t.client(elsewhere.accessToken);
      expect((await there.get('/auth/me')).body.tenant.id).toBe(own.id);
      expect((await refresh(elsewhere)).status).toBe(200);
      expect(await there.post('/users/me/switch-org', { orgId: member.tenant.id })).toBeProblem('not_found');
    });

    it('and is recorded in the audit trail', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner);
      await t.given.login(member);
      await t.database.query(
        `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes) VALUES (gen_random_uuid(), $1, $2, 'ci', '{}')`,
        [owner.tenant.id, member.user.id],
      );
      await end(owner, member);
      const action = way === 'removal' ? 'member.removed' : 'member.suspended';
      const [event] = await tenants.trail(owner, action);
      expect(event).toMatchObject({
        actor_id: owner.user.id,
        target_id: member.user.id,
        detail: way === 'removal' ? { sessions: 2, apiKeys: 1 } : { sessions: 2 },
      });
    });

    it('also for a code that was already sent', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner);
      const phone = uniquePhone();
      await t.database.query('UPDATE users SET phone = $2, phone_verified_at = now() WHERE id = $1', [
        member.user.id,
        phone,
      ]);
      await t.post('/auth/otp/request', { phone });
      const { code } = await t.inbox.latest(phone, 'otp');
      await end(owner, member);
      expect(await t.post('/auth/otp/verify', { phone, code })).toBeProblem('otp_invalid');
    });

    it('for the invitations they sent', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager);
      await end(owner, manager);
      const body = { token, password: PASSWORD, firstName: 'Nia', lastName: 'New' };
      expect(await t.post('/auth/invite/accept', body)).toBeProblem('invitation_already_used');
    });

    it('also for a sign-in at the same moment, in either order', async () => {
      for (let round = 0; round < 5; round += 1) {
        const owner = await t.given.tenant();
        const member = await t.given.member(owner);
        const [signedIn, ended] = await Promise.all([login(member), end(owner, member)]);
        expect(ended.status).toBeLessThan(300);
        expect([200, 401]).toContain(signedIn.status);
        if (signedIn.status === 200) {
          const client = t.client(signedIn.body.accessToken);
          expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
        }
      }
    });
  });

  describe('while suspended', () => {
    it('is visible, and returns with restoration, but no session does', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner, 'manager');
      expect((await act(owner, 'suspend', member)).body).toMatchObject({
        id: member.user.id,
        status: 'suspended',
      });
      expect((await tenants.member(owner.client, member.user.id)).status).toBe('suspended');
      expect((await act(owner, 'restore', member)).body).toMatchObject({ status: 'active', role: 'manager' });
      expect(await member.client.get('/auth/me')).toBeProblem('access_token_invalid');
      expect(await refresh(member)).toBeProblem('refresh_token_invalid');
      expect((await login(member)).body.user.role).toBe('manager');
    });

    it('denies everything to what suspension leaves: an API key, and a session that was not ended', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner, 'manager');
      const { key } = await keys.create(member);
      expect((await member.client.get(MEMBERS)).status).toBe(200);
      const become = (status: string) =>
        t.database.query('UPDATE memberships SET status = $2 WHERE user_id = $1', [member.user.id, status]);

      await become('suspended');
      expect(await member.client.get(MEMBERS)).toBeProblem('access_token_invalid');
      expect(await keys.isGood(key)).toBe(false);
      await become('active');
      expect((await member.client.get(MEMBERS)).status).toBe(200);
      expect(await keys.isGood(key)).toBe(true);
    });

    it('can be suspended or restored again, which changes and records nothing', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner);
      for (const what of ['suspend', 'suspend', 'restore', 'restore'] as const) {
        expect((await act(owner, what, member)).status).toBe(200);
      }
      expect(await tenants.trail(owner, 'member.suspended')).toHaveLength(1);
      expect(await tenants.trail(owner, 'member.restored')).toHaveLength(1);
    });
  });

  describe('after removal', () => {
    it('requires a new invitation, which restores nothing', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner, 'manager');
      await owner.client.patch(`${MEMBERS}/${member.user.id}`, { assignedAgents: ['old'] });
      await remove(owner, member);
      expect(await owner.client.get(`${MEMBERS}/${member.user.id}`)).toBeProblem('not_found');
      await t.database.pass(120);
      const { token } = await t.given.invitation(owner, { email: member.email });
      const joined = await t.post('/auth/invite/accept', { token, password: PASSWORD });
      expect(joined.status).toBe(201);
      expect(await tenants.member(owner.client, member.user.id)).toMatchObject({
        role: 'user',
        assignedAgents: [],
      });
      expect(await member.client.get('/auth/me')).toBeProblem('access_token_invalid');
    });
  });

  describe('loses its sessions', () => {
    it('in this tenant, and stays a member', async () => {
      const { owner, member, second, elsewhere, reset } = await armed();
      expect((await owner.client.delete(`${MEMBERS}/${member.user.id}/sessions`)).status).toBe(204);
      for (const session of [member, second]) {
        expect(await session.client.get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await refresh(session)).toBeProblem('refresh_token_invalid');
      }
      expect((await t.client(elsewhere.accessToken).get('/auth/me')).status).toBe(200);
      expect((await t.get(`/auth/reset-password/validate?token=${reset}`)).status).toBe(200);
      expect((await login(member)).status).toBe(200);
      expect((await tenants.trail(owner, 'session.revoked'))[0]).toMatchObject({
        target_id: member.user.id,
        detail: { reason: 'ended_by_administrator', sessions: 2 },
      });
    });
  });
});
