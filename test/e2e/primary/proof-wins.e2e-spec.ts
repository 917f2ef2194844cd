import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

/** Somebody registers an address that is not theirs and waits. Whoever proves the address has it. */
describe('an address that somebody else registered', () => {
  const t = useSharedApp();
  const squat = async () => {
    const squatter = await t.given.tenant({
      email: uniqueEmail('victim'),
      password: 'Squatter-Basin-31-Plume',
    });
    return { squatter, elsewhere: await t.given.login(squatter) };
  };
  const expectNothingLeft = async (...sessions: Account[]) => {
    for (const session of sessions) {
      expect(await session.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const { refreshToken } = session;
      expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      for (const tenantSlug of [session.tenant.slug, undefined]) {
        const body = { tenantSlug, email: session.email, password: session.password };
        expect((await t.post('/auth/login', body)).status).toBe(401);
      }
    }
  };

  describe('and is proven by a reset link', () => {
    const prove = async () => {
      const { squatter, elsewhere } = await squat();
      const token = await t.given.resetToken(squatter);
      expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
      return { squatter, elsewhere };
    };

    it('has nothing left of the old password and sessions', async () => {
      const { squatter, elsewhere } = await prove();
      await expectNothingLeft(squatter, elsewhere);
    });

    it('belongs to the prover', async () => {
      const { squatter } = await prove();
      const victim = await t.given.login({ ...squatter, password: NEW_PASSWORD });
      expect((await victim.client.get('/auth/me')).body).toMatchObject({
        email: squatter.email,
        emailVerified: true,
      });
    });

    it('cannot be taken back by a link the squatter asked for before', async () => {
      const { squatter } = await squat();
      const verification = await t.given.verificationToken(squatter);
      const token = await t.given.resetToken(squatter);
      await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      const reply = await squatter.client.post('/auth/verify-email', { token: verification });
      expect(reply.status).toBe(401);
    });

    it('has no address change left that the squatter began', async () => {
      const { squatter } = await squat();
      const evil = uniqueEmail('squatter');
      await squatter.client.patch('/auth/me', { email: evil, currentPassword: squatter.password });
      const verification = await t.inbox.token(evil, 'verify-email');
      const token = await t.given.resetToken(squatter);
      await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });

      const victim = await t.given.login({ ...squatter, password: NEW_PASSWORD });
      expect((await victim.client.get('/auth/me')).body.pendingEmail).toBeNull();
      const reply = await victim.client.post('/auth/verify-email', { token: verification });
      expect(reply).toBeProblem('verification_token_invalid');
      expect((await victim.client.get('/auth/me')).body.email).toBe(squatter.email);
    });
  });

  describe('and is proven by an invitation', () => {
    const prove = async () => {
      const { squatter, elsewhere } = await squat();
      const owner = await t.given.tenant();
      const { token } = await t.given.invitation(owner, { email: squatter.email });
      const names = { firstName: 'Vera', lastName: 'Victim' };
      const reply = await t.post('/auth/invite/accept', { token, password: PASSWORD, ...names });
      expect(reply.status).toBe(201);
      return { squatter, elsewhere, owner, body: reply.body };
    };

    it('has nothing left of the old password and sessions', async () => {
      const { squatter, elsewhere } = await prove();
      await expectNothingLeft(squatter, elsewhere);
    });

    it('belongs to the prover, under the names they gave', async () => {
      const { squatter, owner, body } = await prove();
      const me = (await t.client(body.accessToken).get('/auth/me')).body;
      expect(me).toMatchObject({
        email: squatter.email,
        firstName: 'Vera',
        emailVerified: true,
        role: 'user',
      });
      expect(me.tenant.slug).toBe(owner.tenant.slug);
      expect(me.id).not.toBe(squatter.user.id);
      const victim = { email: squatter.email, password: PASSWORD, tenant: owner.tenant };
      expect((await t.given.login(victim)).user.id).toBe(me.id);
    });

    it('is not kept from its owner by wrong passwords that others tried on it', async () => {
      const { squatter } = await squat();
      for (let guess = 0; guess < 6; guess += 1) {
        await t.post('/auth/login', { email: squatter.email, password: `Wrong-Guess-${guess}` });
      }
      const { token } = await t.given.invitation(await t.given.tenant(), { email: squatter.email });
      const names = { firstName: 'Vera', lastName: 'Victim' };
      expect((await t.post('/auth/invite/accept', { token, password: PASSWORD, ...names })).status).toBe(201);
    });

    it('cannot be accepted by the squatter without the message', async () => {
      const { squatter } = await squat();
      await t.given.invitation(await t.given.tenant(), { email: squatter.email });
      const guess = { token: 'A'.repeat(43), password: squatter.password };
      expect(await squatter.client.post('/auth/invite/accept', guess)).toBeProblem('invitation_not_found');
    });
  });

  describe('and is proven by the link of an address change', () => {
    it('moves to the prover, and the account left without any is closed', async () => {
      const { squatter, elsewhere } = await squat();
      const victim = await t.given.verifiedTenant();
      await victim.client.patch('/auth/me', { email: squatter.email, currentPassword: victim.password });
      const token = await t.inbox.token(squatter.email, 'verify-email');

      expect((await victim.client.post('/auth/verify-email', { token })).status).toBe(200);

      await expectNothingLeft(squatter, elsewhere);
      expect((await victim.client.get('/auth/me')).body).toMatchObject({
        email: squatter.email,
        emailVerified: true,
      });
      expect((await t.given.login({ ...victim, email: squatter.email })).user.id).toBe(victim.user.id);
    });
  });

  it('is not proven by a link opened in another session than its own', async () => {
    const { squatter } = await squat();
    const other = await t.given.tenant();
    const token = await t.given.verificationToken(squatter);
    expect(await other.client.post('/auth/verify-email', { token })).toBeProblem(
      'verification_token_invalid',
    );
    expect((await squatter.client.get('/auth/me')).body.emailVerified).toBe(false);
  });

  it('cannot be registered a second time until then', async () => {
    const { squatter } = await squat();
    const reply = await t.post('/auth/register', t.given.registration({ email: squatter.email }));
    expect(reply).toBeProblem('email_taken');
  });
});
