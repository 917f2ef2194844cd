import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const NAMES = { firstName: 'Ines', lastName: 'Invited' };

describe('accepting an invitation', () => {
  const t = useSharedApp();
  const accept = (
    token: string,
    body: Record<string, unknown> = { password: PASSWORD, ...NAMES },
    as?: Account,
  ) => (as?.client ?? t.client()).post('/auth/invite/accept', { token, ...body });
  const validate = (token: string) => t.get(`/auth/invite/validate?token=${encodeURIComponent(token)}`);
  const membersOf = (owner: Account) =>
    t.database.query<{ user_id: string }>('SELECT user_id FROM memberships WHERE tenant_id = $1', [
      owner.tenant.id,
    ]);

  describe('as a new person', () => {
    it('creates an account in that tenant and role, with a verified address', async () => {
      const owner = await t.given.tenant();
      const { token, email } = await t.given.invitation(owner, { role: 'manager' });

      const { status, body } = await accept(token);

      expect(status).toBe(201);
      expect(body.user).toMatchObject({ email, ...NAMES, role: 'manager', roleLevel: 50 });
      expect(body.tenant).toMatchObject({ id: owner.tenant.id, slug: owner.tenant.slug });
      const me = (await t.client(body.accessToken).get('/auth/me')).body;
      expect(me).toMatchObject({
        email,
        emailVerified: true,
        role: 'manager',
        tenant: { slug: owner.tenant.slug },
      });
    });

    it('ignores the token of an ended session, whoever had it', async () => {
      const owner = await t.given.tenant();
      const other = await t.given.tenant();
      await other.client.post('/auth/logout');
      const { token, email } = await t.given.invitation(owner);

      const { status, body } = await accept(token, undefined, other);

      expect([status, body.user?.email]).toEqual([201, email]);
    });

    it('signs in with the chosen password', async () => {
      const member = await t.given.member(await t.given.tenant());
      expect((await t.given.login(member)).user.id).toBe(member.user.id);
    });

    it('works once', async () => {
      const { token } = await t.given.invitation(await t.given.tenant());
      expect((await accept(token)).status).toBe(201);
      expect(await accept(token)).toBeProblem('invitation_already_used');
    });

    it('works once in a parallel burst: one account, one membership', async () => {
      const owner = await t.given.tenant();
      const { token, email } = await t.given.invitation(owner);
      const replies = await burst(20, () => accept(token));
      expect(countBy(replies, (reply) => reply.status)[201]).toBe(1);
      // Who comes after the account exists guesses at its password, and such guesses are limited
      const refused = ['invitation_already_used', 'invalid_credentials', 'too_many_attempts'];
      for (const { status, body } of replies) if (status !== 201) expect(refused).toContain(body.code);
      expect(await membersOf(owner)).toHaveLength(2);
      expect(await t.database.query('SELECT 1 FROM users WHERE email = $1', [email])).toHaveLength(1);
    });

    it('fails after three days', async () => {
      const { token } = await t.given.invitation(await t.given.tenant());
      await t.database.pass(72 * 3600 - 600);
      expect((await validate(token)).status).toBe(200);
      await t.database.pass(601);
      expect(await validate(token)).toBeProblem('invitation_expired');
      expect(await accept(token)).toBeProblem('invitation_expired');
    });

    it.each([
      [{ ...NAMES }],
      [{ password: PASSWORD, ...NAMES, email: 'other@example.com' }],
      [{ password: PASSWORD, ...NAMES, role: 'admin' }],
      [{ password: PASSWORD, ...NAMES, tenantId: '0192f3a0-0000-7000-8000-000000000000' }],
      [{ password: 5, ...NAMES }],
      [{ password: PASSWORD, firstName: 1, lastName: 'x' }],
      [{ password: PASSWORD, firstName: 'https://evil.example', lastName: 'x' }],
    ])('refuses %j and consumes nothing', async (body) => {
      const { token } = await t.given.invitation(await t.given.tenant());
      const reply = await accept(token, body);
      expect(reply.status).toBe(400);
      expect((await validate(token)).status).toBe(200);
    });

    it.each([[{ token: 1 }], [{ token: null }], [{ token: ['x'] }], [{}]])(
      'refuses the token in %j',
      async (body) => {
        expect(await t.post('/auth/invite/accept', { password: PASSWORD, ...NAMES, ...body })).toBeProblem(
          'validation_failed',
        );
      },
    );
  });

  describe('with an account', () => {
    const invited = async () => {
      const [owner, person] = [await t.given.tenant(), await t.given.verifiedTenant()];
      const { token } = await t.given.invitation(owner, { email: person.email });
      return { owner, person, token };
    };

    it('joins with the account’s password, which stays', async () => {
      const { owner, person, token } = await invited();
      const { status, body } = await accept(token, { password: person.password });
      expect(status).toBe(201);
      expect(body.user).toMatchObject({ id: person.user.id, firstName: 'Olga', role: 'user' });
      expect(body.tenant.id).toBe(owner.tenant.id);
      expect((await t.given.login(person)).user.role).toBe('admin');
      expect((await t.given.login({ ...person, tenant: owner.tenant })).user.role).toBe('user');
    });

    it('joins with a session of the account, without any password', async () => {
      const { owner, person, token } = await invited();
      const { status, body } = await accept(token, {}, person);
      expect(status).toBe(201);
      expect(body.user.id).toBe(person.user.id);
      expect(body.tenant.id).toBe(owner.tenant.id);
    });

    it('never sets a new password or new names this way', async () => {
      const { owner, person, token } = await invited();
      expect(await accept(token, { password: NEW_PASSWORD, ...NAMES })).toBeProblem('invalid_credentials');
      expect(await accept(token, { ...NAMES })).toBeProblem('invalid_credentials');
      expect(await membersOf(owner)).toHaveLength(1);

      expect((await accept(token, { password: person.password, ...NAMES })).status).toBe(201);
      expect((await person.client.get('/auth/me')).body).toMatchObject({
        firstName: 'Olga',
        lastName: 'Owner',
      });
      expect((await t.given.login(person)).user.id).toBe(person.user.id);
    });

    it('counts wrong passwords like those of a log-in', async () => {
      const { person, token } = await invited();
      const replies = await burst(20, () => accept(token, { password: NEW_PASSWORD }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 5, 429: 15 });
      const login = { tenantSlug: person.tenant.slug, email: person.email, password: person.password };
      expect(await t.post('/auth/login', login)).toBeProblem('too_many_attempts');
    });

    it('joins once in a parallel burst', async () => {
      const { owner, person, token } = await invited();
      const replies = await burst(20, () => accept(token, {}, person));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 400: 19 });
      expect(await membersOf(owner)).toHaveLength(2);
    });

    it('is refused in a session of another account', async () => {
      const { owner, token } = await invited();
      const stranger = await t.given.verifiedTenant();
      expect(await accept(token, {}, stranger)).toBeProblem('invitation_wrong_account');
      expect(await accept(token, { password: stranger.password }, stranger)).toBeProblem(
        'invitation_wrong_account',
      );
      expect(await membersOf(owner)).toHaveLength(1);
      expect((await validate(token)).status).toBe(200);
    });

    it('is refused in a session that has ended', async () => {
      const { person, token } = await invited();
      await person.client.post('/auth/logout');
      expect((await accept(token, {}, person)).status).toBe(401);
    });
  });

  it('is not offered to an account that only claims the invited address', async () => {
    const owner = await t.given.tenant();
    const { token } = await t.given.invitation(owner);
    const claimant = await t.given.tenant();
    await claimant.client.patch('/auth/me', { email: uniqueEmail(), currentPassword: claimant.password });
    expect(await accept(token, {}, claimant)).toBeProblem('invitation_wrong_account');
  });

  describe('is refused once the inviter may not give it any more:', () => {
    const setRole = (owner: Account, member: Account, key: string) =>
      t.database.query(
        'UPDATE memberships SET role_id = (SELECT id FROM roles WHERE tenant_id = $1 AND key = $3) WHERE user_id = $2',
        [owner.tenant.id, member.user.id, key],
      );

    it('demoted', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager, { role: 'manager' });
      await setRole(owner, manager, 'user');
      expect((await validate(token)).status).toBe(400);
      expect((await accept(token)).status).toBe(400);
      expect(await membersOf(owner)).toHaveLength(2);
    });

    it('without the permission to invite, although they outrank the role', async () => {
      const owner = await t.given.tenant();
      const { key } = await new Tenants(t).role(owner, { level: 5 });
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager, { role: key });
      await t.database.query(
        `UPDATE roles SET permissions = jsonb_set(permissions, '{invitations,create}', 'false')
         WHERE tenant_id = $1 AND key = 'manager'`,
        [owner.tenant.id],
      );
      expect(await accept(token)).toBeProblem('invitation_already_used');
      expect(await membersOf(owner)).toHaveLength(2);
    });

    it('removed', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager);
      await t.database.query('DELETE FROM memberships WHERE user_id = $1', [manager.user.id]);
      expect((await accept(token)).status).toBe(400);
    });

    it('outranked by the role, whose level was raised', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager);
      await t.database.query(`UPDATE roles SET level = 60 WHERE tenant_id = $1 AND key = 'user'`, [
        owner.tenant.id,
      ]);
      expect((await accept(token)).status).toBe(400);
    });

    it('in a suspended tenant', async () => {
      const owner = await t.given.tenant();
      const { token } = await t.given.invitation(owner);
      await t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [owner.tenant.id]);
      expect([400, 404]).toContain((await accept(token)).status);
    });
  });

  describe('GET /auth/invite/validate', () => {
    it('reads without consuming', async () => {
      const { token } = await t.given.invitation(await t.given.tenant());
      for (let look = 0; look < 3; look += 1) expect((await validate(token)).body.valid).toBe(true);
      expect((await accept(token)).status).toBe(201);
    });

    it.each(['x', 'A'.repeat(43), '%00', "' OR '1'='1", '../..'])('does not find %s', async (token) => {
      expect(await validate(token)).toBeProblem('invitation_not_found');
    });

    it.each(['accepted', 'revoked'])('reports that it was %s, also when its role is deleted', async (end) => {
      const owner = await t.given.tenant();
      const { id, key } = await new Tenants(t).role(owner);
      const invitation = await t.given.invitation(owner, { role: key });
      if (end === 'accepted') {
        const { user } = (await accept(invitation.token)).body;
        await owner.client.patch(`/tenants/current/members/${user.id}`, { role: 'user' });
      } else await owner.client.delete(`/tenants/current/invitations/${invitation.id}`);
      expect((await owner.client.delete(`/tenants/current/roles/${id}`)).status).toBe(204);
      expect(await validate(invitation.token)).toBeProblem('invitation_already_used');
      expect(await accept(invitation.token)).toBeProblem('invitation_already_used');
    });

    it('requires one token', async () => {
      expect(await t.get('/auth/invite/validate')).toBeProblem('validation_failed');
      expect(await t.get('/auth/invite/validate?token=a&token=b')).toBeProblem('validation_failed');
    });

    it('leaves the link in no table and no log', async () => {
      const { token } = await t.given.invitation(await t.given.tenant());
      await accept(token);
      expect(await t.writtenLog()).not.toContain(token);
    });
  });
});
