import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const NAMES = { firstName: 'Vera', lastName: 'Victim' };

/** A squatter registers an address of another person and waits. The person who verifies the address gets it. */
describe('an address that another person registered', () => {
  const t = useSharedApp();
  const squat = async () => {
    const squatter = await t.given.unverifiedTenant({
      email: uniqueEmail('victim'),
      password: 'Squatter-Basin-31-Plume',
    });
    return { squatter, elsewhere: await t.given.login(squatter) };
  };
  const me = async (token: string) => (await t.client(token).get('/auth/me')).body;
  const isOut = async ({ client, email, password }: Account) => {
    expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
    expect((await t.post('/auth/login', { email, password })).status).toBe(401);
  };

  describe('and is verified by a reset link', () => {
    const verify = async () => {
      const { squatter, elsewhere } = await squat();
      const token = await t.given.resetToken(squatter);
      expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
      return { squatter, elsewhere };
    };

    it('belongs to the person who verified it', async () => {
      const { squatter, elsewhere } = await verify();
      for (const session of [squatter, elsewhere]) await isOut(session);
      const victim = await t.given.login({ ...squatter, password: NEW_PASSWORD });
      expect(await me(victim.accessToken)).toMatchObject({ email: squatter.email, emailVerified: true });
    });

    it('cannot be taken back by a link that the squatter requested before', async () => {
      const { squatter } = await squat();
      const verification = await t.given.verificationToken(squatter);
      const token = await t.given.resetToken(squatter);
      await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      const reply = await squatter.client.post('/auth/verify-email', { token: verification });
      expect(reply.status).toBe(401);
    });
  });

  describe('and is verified by an invitation', () => {
    const accept = async (
      squatter: Account,
      body: object = { password: PASSWORD, ...NAMES },
      as = t.client(),
    ) => {
      const owner = await t.given.tenant();
      const { token } = await t.given.invitation(owner, { email: squatter.email });
      return { owner, reply: await as.post('/auth/invite/accept', { token, ...body }) };
    };

    it('belongs to the invited person with its organisation, under the names and the password they chose', async () => {
      const { squatter, elsewhere } = await squat();
      const { owner, reply } = await accept(squatter);
      expect(reply.status).toBe(201);
      for (const session of [squatter, elsewhere]) await isOut(session);
      expect(await me(reply.body.accessToken)).toMatchObject({
        id: squatter.user.id,
        email: squatter.email,
        ...NAMES,
        emailVerified: true,
        role: 'user',
        tenant: { slug: owner.tenant.slug },
      });
      const home = await t.given.login({ ...squatter, password: PASSWORD });
      expect(home.user).toMatchObject({ id: squatter.user.id, role: 'admin' });
      expect(await t.inbox.messages(owner.email, 'notice')).toEqual([]);
    });

    it('changes nothing where the invitation is accepted with the account’s password', async () => {
      const { squatter: claimant, elsewhere } = await squat();
      const { reply } = await accept(claimant, { password: claimant.password });
      expect([reply.status, reply.body.user.id]).toEqual([201, claimant.user.id]);
      for (const { client } of [claimant, elsewhere]) {
        const { status, body } = await client.get('/auth/me');
        expect([status, body.emailVerified, body.role]).toEqual([200, true, 'admin']);
      }
      expect((await t.given.login(claimant)).user.id).toBe(claimant.user.id);
    });

    it('changes nothing where the invitation is accepted in a session of the account', async () => {
      const { squatter: claimant, elsewhere } = await squat();
      const { reply } = await accept(claimant, {}, claimant.client);
      expect([reply.status, reply.body.user.id]).toEqual([201, claimant.user.id]);
      expect((await elsewhere.client.get('/auth/me')).body.emailVerified).toBe(true);
      expect((await t.given.login(claimant)).user.id).toBe(claimant.user.id);
    });

    it('goes to its owner despite wrong passwords that others tried on it', async () => {
      const { squatter } = await squat();
      for (let guess = 0; guess < 6; guess += 1)
        await t.post('/auth/login', { email: squatter.email, password: `Wrong-Guess-${guess}` });
      expect((await accept(squatter)).reply.status).toBe(201);
      const login = { email: squatter.email, password: PASSWORD };
      expect((await t.post('/auth/login', login)).status).toBe(200);
    });

    it('is refused to the squatter without the message', async () => {
      const { squatter } = await squat();
      await t.given.invitation(await t.given.tenant(), { email: squatter.email });
      const guess = { token: 'A'.repeat(43), password: squatter.password };
      expect(await squatter.client.post('/auth/invite/accept', guess)).toBeProblem('invitation_not_found');
    });
  });

  describe('and is verified by the link of an address change', () => {
    const change = async (squatter: Account) => {
      const victim = await t.given.verifiedTenant();
      await victim.client.patch('/auth/me', { email: squatter.email, currentPassword: victim.password });
      const token = await t.inbox.token(squatter.email, 'verify-email');
      return { victim, token };
    };

    it('moves to the person who verified it, and the other account continues without it', async () => {
      const { squatter, elsewhere } = await squat();
      const { victim, token } = await change(squatter);
      expect((await victim.client.post('/auth/verify-email', { token })).status).toBe(200);

      expect(await me(victim.accessToken)).toMatchObject({ email: squatter.email, emailVerified: true });
      expect((await t.given.login({ ...victim, email: squatter.email })).user.id).toBe(victim.user.id);
      for (const { accessToken } of [squatter, elsewhere])
        expect(await me(accessToken)).toMatchObject({
          id: squatter.user.id,
          email: null,
          role: 'admin',
          tenant: { slug: squatter.tenant.slug },
        });
      const login = { email: squatter.email, password: squatter.password };
      expect(await t.post('/auth/login', login)).toBeProblem('invalid_credentials');
      const [notice, ...more] = await t.inbox.messages(squatter.email, 'notice');
      expect([notice?.subject, more]).toEqual([
        'Your address or number was removed from another account',
        [],
      ]);
    });

    it('leaves the other account able to take another address, and to be deleted', async () => {
      const { squatter } = await squat();
      const { victim, token } = await change(squatter);
      await victim.client.post('/auth/verify-email', { token });
      const email = uniqueEmail();
      const changed = await squatter.client.patch('/auth/me', { email, currentPassword: squatter.password });
      expect([changed.status, changed.body.pendingEmail]).toEqual([200, email]);
      const own = await t.inbox.token(email, 'verify-email');
      expect((await squatter.client.post('/auth/verify-email', { token: own })).status).toBe(200);
      expect((await t.given.login({ ...squatter, email })).user.id).toBe(squatter.user.id);

      const other = await squat();
      const again = await change(other.squatter);
      await again.victim.client.post('/auth/verify-email', { token: again.token });
      const { password } = other.squatter;
      expect((await other.squatter.client.delete('/users/me', { password })).status).toBe(202);
    });
  });

  describe('is not verified by a link opened in a session of another account', () => {
    it('with no claim to it', async () => {
      const { squatter } = await squat();
      const other = await t.given.tenant();
      const token = await t.given.verificationToken(squatter);
      const reply = await other.client.post('/auth/verify-email', { token });
      expect(reply).toBeProblem('verification_token_invalid');
      expect((await squatter.client.get('/auth/me')).body.emailVerified).toBe(false);
    });

    it('with a pending link to the same address', async () => {
      const { squatter } = await squat();
      const other = await t.given.verifiedTenant();
      const token = await t.given.verificationToken(squatter);
      await other.client.patch('/auth/me', { email: squatter.email, currentPassword: other.password });
      const before = await me(other.accessToken);

      const reply = await other.client.post('/auth/verify-email', { token });
      expect(reply).toBeProblem('verification_token_invalid');
      expect(await me(other.accessToken)).toEqual(before);
      expect((await squatter.client.get('/auth/me')).body.emailVerified).toBe(false);
      // Not consumed: it is accepted in its own session
      expect((await squatter.client.post('/auth/verify-email', { token })).status).toBe(200);
      expect((await squatter.client.get('/auth/me')).body.emailVerified).toBe(true);
    });

    it('that requests the same address, where neither has it', async () => {
      const [one, two] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
      const email = uniqueEmail();
      await one.client.patch('/auth/me', { email, currentPassword: one.password });
      const token = await t.inbox.token(email, 'verify-email');
      await two.client.patch('/auth/me', { email, currentPassword: two.password });
      expect(await two.client.post('/auth/verify-email', { token })).toBeProblem(
        'verification_token_invalid',
      );
      expect((await me(two.accessToken)).email).toBe(two.email);
      expect((await one.client.post('/auth/verify-email', { token })).status).toBe(200);
      expect((await me(one.accessToken)).email).toBe(email);
    });
  });

  it('cannot be registered a second time until then', async () => {
    const { squatter } = await squat();
    const reply = await t.post('/auth/register', t.given.registration({ email: squatter.email }));
    expect(reply).toBeProblem('email_taken');
  });
});
