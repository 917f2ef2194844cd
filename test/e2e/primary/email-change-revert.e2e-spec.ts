import { ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import { EmailChanges } from '../../support/email-changes.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const WEEK = 7 * 86_400;
const THIEVES = 'Thieves-Harbour-18-Cello';

describe('a change of the e-mail address that is taken back', () => {
  const t = useSharedApp();
  const changes = new EmailChanges(t);
  const twoFactor = new TwoFactor(t);
  const login = (email: string, password: string) => t.post('/auth/login', { email, password });
  const expectOwned = async ({ email, user }: Account, password = NEW_PASSWORD) => {
    const { status, body } = await login(email, password);
    expect([status, body.user?.id]).toEqual([200, user.id]);
    const me = await t.client(body.accessToken).get('/auth/me');
    expect(me.body).toMatchObject({ email, emailVerified: true, pendingEmail: null });
  };

  describe('gives the account back', () => {
    it('by the link in the notice of the change', async () => {
      const owner = await t.given.verifiedTenant();
      const elsewhere = await t.given.login(owner);
      const email = await changes.make(owner);
      expect((await login(owner.email, owner.password)).status).toBe(401);

      const reply = await changes.revert(await changes.link(owner.email));

      expect([reply.status, Object.keys(reply.body)]).toEqual([200, ['message']]);
      for (const { client, refreshToken } of [owner, elsewhere]) {
        expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      }
      for (const address of [owner.email, email])
        expect(await login(address, owner.password)).toBeProblem('invalid_credentials');
      await changes.setPassword(owner.email);
      await expectOwned(owner);
    });

    it('by the link in the notice of the request, before and after the change', async () => {
      for (const comesTrue of [false, true]) {
        const owner = await t.given.verifiedTenant();
        const email = await changes.request(owner);
        const token = await changes.link(owner.email);
        const verification = await t.inbox.token(email, 'verify-email');
        if (comesTrue) await owner.client.post('/auth/verify-email', { token: verification });

        expect((await changes.revert(token)).status).toBe(200);

        await changes.setPassword(owner.email);
        await expectOwned(owner);
        const { client } = await t.given.login({ ...owner, password: NEW_PASSWORD });
        expect(await client.post('/auth/verify-email', { token: verification })).toBeProblem(
          'verification_token_invalid',
        );
      }
    });

    it('and notifies the address that it is taken from, without a working link', async () => {
      const owner = await t.given.verifiedTenant();
      const email = await changes.make(owner);
      await changes.revert(await changes.link(owner.email));
      const [notice] = await t.inbox.messages(email, 'notice');
      expect(notice).toMatchObject({ subject: 'A change of the e-mail address was taken back' });
      expect(notice?.link).toBeUndefined();
      await t.post('/auth/forgot-password', { email });
      expect(await t.inbox.messages(email, 'password-reset')).toEqual([]);
      expect((await t.post('/auth/register', t.given.registration({ email }))).status).toBe(201);
    });

    it('and is recorded in the audit trail', async () => {
      const owner = await t.given.verifiedTenant();
      await changes.make(owner);
      await changes.revert(await changes.link(owner.email));
      const rows = await t.database.query(
        `SELECT actor_id, outcome FROM audit_events WHERE action = 'user.email_change_reverted' AND target_id = $1`,
        [owner.user.id],
      );
      expect(rows).toEqual([{ actor_id: owner.user.id, outcome: 'success' }]);
    });
  });

  describe('whatever the attacker did meanwhile:', () => {
    const acts: [string, (thief: Account) => Promise<unknown>][] = [
      ['changed to a third address', (thief) => changes.make(thief)],
      ['requested a third address', (thief) => changes.request(thief)],
      [
        'changed the password',
        ({ client, password: currentPassword }) =>
          client.post('/auth/change-password', { currentPassword, newPassword: THIEVES }),
      ],
      ['turned a second factor on', ({ client }) => twoFactor.enable(client)],
      ['began to turn a second factor on', ({ client }) => twoFactor.enrol(client)],
      ['deleted the account', ({ client, password }) => client.delete('/users/me', { password })],
      [
        'recovered the account by the new address',
        async ({ user }) => {
          const [row] = await t.database.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [
            user.id,
          ]);
          const email = row?.email ?? '';
          await t.post('/auth/forgot-password', { email });
          await changes.setPassword(email, THIEVES);
        },
      ],
    ];

    it.each(acts)('%s', async (_, act) => {
      const owner = await t.given.verifiedTenant();
      await changes.make(owner);
      const token = await changes.link(owner.email);
      await act(owner);

      expect((await changes.revert(token)).status).toBe(200);

      expect(await owner.client.get('/auth/me')).toBeProblem('access_token_invalid');
      await changes.setPassword(owner.email);
      await expectOwned(owner);
      const { client } = await t.given.login({ ...owner, password: NEW_PASSWORD });
      expect((await client.get('/users/me/organisations')).status).toBe(200);
    });

    it('what was pending is revoked: a sign-in that waits for a code, a reset link, an API key', async () => {
      const owner = await t.given.verifiedTenant();
      const protectedOwner = { ...owner, ...(await twoFactor.enable(owner.client)) };
      const { client, authenticator } = protectedOwner;
      const email = uniqueEmail('thief');
      const change = { email, currentPassword: owner.password, code: authenticator.code() };
      expect((await client.patch('/auth/me', change)).status).toBe(200);
      await twoFactor.forgetSteps(owner.user.id);
      await client.post('/auth/verify-email', { token: await t.inbox.token(email, 'verify-email') });
      const keys = new ApiKeys(t);
      const { key } = await keys.create(owner);
      const tempToken = await twoFactor.tempToken({ email, password: owner.password });
      await t.post('/auth/forgot-password', { email });
      const resetToken = await t.inbox.token(email, 'password-reset');

      expect((await changes.revert(await changes.link(owner.email))).status).toBe(200);

      expect(await twoFactor.verify(tempToken, authenticator.code())).toBeProblem('temp_token_invalid');
      const reset = await t.post('/auth/reset-password', { token: resetToken, newPassword: THIEVES });
      expect(reset).toBeProblem('reset_token_invalid');
      expect(await keys.isGood(key)).toBe(false);
    });
  });

  it('keeps a second factor from before the change: a mailbox alone removes none', async () => {
    const owner = await t.given.verifiedTenant();
    const factor = await twoFactor.enable(owner.client);
    const email = uniqueEmail('thief');
    const body = { email, code: factor.authenticator.code() };
    expect((await owner.client.patch('/auth/me', body)).status).toBe(200);
    await twoFactor.forgetSteps(owner.user.id);
    const verification = { token: await t.inbox.token(email, 'verify-email') };
    expect((await owner.client.post('/auth/verify-email', verification)).status).toBe(200);

    expect((await changes.revert(await changes.link(owner.email))).status).toBe(200);

    await changes.setPassword(owner.email);
    const recovered = { ...owner, ...factor, password: NEW_PASSWORD };
    expect((await twoFactor.signIn(recovered)).status).toBe(200);
  });

  describe('works once', () => {
    it('in a parallel burst, too', async () => {
      const owner = await t.given.verifiedTenant();
      await changes.make(owner);
      const tokens = await changes.links(owner.email);
      expect(tokens).toHaveLength(2);
      const replies = await burst(20, (index) => changes.revert(tokens[index % 2] ?? ''));
      expect(countBy(replies, ({ status, body }) => (status === 200 ? 200 : body.code))).toEqual({
        200: 1,
        email_revert_token_invalid: 19,
      });
      expect(await t.inbox.messages(owner.email, 'password-reset')).toHaveLength(1);
      expect(await changes.revert(tokens[0] ?? '')).toBeProblem('email_revert_token_invalid');
    });

    it('for seven days', async () => {
      const owner = await t.given.verifiedTenant();
      await changes.make(owner);
      const [done = '', wanted = ''] = await changes.links(owner.email);
      await t.database.pass(WEEK + 60);
      for (const token of [done, wanted])
        expect(await changes.revert(token)).toBeProblem('email_revert_token_invalid');

      const other = await t.given.verifiedTenant();
      await changes.make(other);
      const token = await changes.link(other.email);
      await t.database.pass(WEEK - 600);
      expect((await changes.revert(token)).status).toBe(200);
      await changes.setPassword(other.email);
      await expectOwned(other);
    });

    it.each([['x'], ['A'.repeat(43)], ['"'], [`' OR '1'='1`]])('and is refused with %s', async (token) => {
      expect(await changes.revert(token)).toBeProblem('email_revert_token_invalid');
    });

    it.each([[{}], [{ token: 1 }], [{ token: null }], [{ token: 'x', email: 'a@example.com' }]])(
      'and is refused with the body %j',
      async (body) => {
        expect(await t.post('/auth/email-change/revert', body)).toBeProblem('validation_failed');
      },
    );

    it('for nothing else, and accepts no other secret', async () => {
      const owner = await t.given.verifiedTenant();
      const reset = await t.given.resetToken(owner);
      const email = await changes.request(owner);
      const verification = await t.inbox.token(email, 'verify-email');
      const token = await changes.link(owner.email);
      for (const other of [reset, verification, owner.accessToken, owner.refreshToken])
        expect(await changes.revert(other)).toBeProblem('email_revert_token_invalid');
      const newPassword = NEW_PASSWORD;
      expect(await t.post('/auth/reset-password', { token, newPassword })).toBeProblem('reset_token_invalid');
      expect(await owner.client.post('/auth/verify-email', { token })).toBeProblem(
        'verification_token_invalid',
      );
      expect(await t.post('/auth/restore-account', { token })).toBeProblem('restoration_token_invalid');
      expect((await changes.revert(token)).status).toBe(200);
    });
  });

  describe('is refused, with nothing changed, where the old address', () => {
    it('was verified by another account since', async () => {
      const owner = await t.given.verifiedTenant();
      const email = await changes.make(owner);
      const token = await changes.link(owner.email);
      const other = await t.given.verifiedTenant({ email: owner.email });
      expect(await changes.revert(token)).toBeProblem('email_taken');
      expect((await owner.client.get('/auth/me')).body).toMatchObject({ email });
      expect((await other.client.get('/auth/me')).body).toMatchObject({ email: owner.email });
      expect((await login(email, PASSWORD)).status).toBe(200);
    });
  });

  it('takes the old address from an account that only claims it', async () => {
    const owner = await t.given.verifiedTenant();
    await changes.make(owner);
    const token = await changes.link(owner.email);
    await t.given.unverifiedTenant({ email: owner.email, password: THIEVES });
    expect((await changes.revert(token)).status).toBe(200);
    await changes.setPassword(owner.email);
    await expectOwned(owner);
  });

  it('is not offered to an address that was never verified, which may belong to a stranger', async () => {
    const owner = await t.given.unverifiedTenant();
    await changes.make(owner);
    expect(await changes.links(owner.email)).toEqual([]);
  });
});
