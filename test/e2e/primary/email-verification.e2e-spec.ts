import { burst, countBy } from '../../support/burst.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('e-mail verification', () => {
  const t = useSharedApp();
  const verify = (account: Account, token: string) => account.client.post('/auth/verify-email', { token });
  const resend = (account: Account) => account.client.post('/auth/verify-email/resend');
  const isVerified = async (account: Account) => (await account.client.get('/auth/me')).body.emailVerified;

  it('succeeds when the link is opened in a session of the account', async () => {
    const owner = await t.given.unverifiedTenant();
    const token = await t.given.verificationToken(owner);
    expect(await isVerified(owner)).toBe(false);

    const reply = await verify(owner, token);

    expect(reply.status).toBe(200);
    expect(await isVerified(owner)).toBe(true);
  });

  it('leaves password and sessions as they are', async () => {
    const owner = await t.given.unverifiedTenant();
    const elsewhere = await t.given.login(owner);
    await verify(owner, await t.given.verificationToken(owner));
    expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
    expect((await t.given.login(owner)).user.id).toBe(owner.user.id);
  });

  it('succeeds once for each link', async () => {
    const owner = await t.given.unverifiedTenant();
    const token = await t.given.verificationToken(owner);
    const replies = await burst(20, () => verify(owner, token));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 1, 400: 19 });
    expect(await verify(owner, token)).toBeProblem('verification_token_invalid');
  });

  it('fails in a session of another account, and the link stays valid', async () => {
    const [owner, stranger] = [await t.given.unverifiedTenant(), await t.given.unverifiedTenant()];
    const token = await t.given.verificationToken(owner);
    expect(await verify(stranger, token)).toBeProblem('verification_token_invalid');
    expect(await isVerified(stranger)).toBe(false);
    expect((await verify(owner, token)).status).toBe(200);
  });

  it('fails without a session', async () => {
    const owner = await t.given.unverifiedTenant();
    const token = await t.given.verificationToken(owner);
    expect(await t.post('/auth/verify-email', { token })).toBeProblem('authentication_required');
    expect(await isVerified(owner)).toBe(false);
  });

  it('fails after a day', async () => {
    const owner = await t.given.unverifiedTenant();
    const token = await t.given.verificationToken(owner);
    await t.database.pass(86_401);
    expect(await verify(owner, token)).toBeProblem('verification_token_invalid');
  });

  it.each([['x'], ['A'.repeat(43)], ['"'], [`' OR '1'='1`]])('refuses the token %s', async (token) => {
    expect(await verify(await t.given.unverifiedTenant(), token)).toBeProblem('verification_token_invalid');
  });

  it.each([[{}], [{ token: 1 }], [{ token: null }], [{ token: [] }], [{ token: 'x', emailVerified: true }]])(
    'refuses %j',
    async (body) => {
      const owner = await t.given.unverifiedTenant();
      expect(await owner.client.post('/auth/verify-email', body)).toBeProblem('validation_failed');
    },
  );

  describe('POST /auth/verify-email/resend', () => {
    it('sends a new link, and the old one is refused', async () => {
      const owner = await t.given.unverifiedTenant();
      const older = await t.given.verificationToken(owner);

      expect((await resend(owner)).status).toBe(200);

      const newer = await t.given.verificationToken(owner);
      expect(newer).not.toBe(older);
      expect(await verify(owner, older)).toBeProblem('verification_token_invalid');
      expect((await verify(owner, newer)).status).toBe(200);
    });

    it('sends nothing for an address that is verified', async () => {
      const owner = await t.given.verifiedTenant();
      expect(await resend(owner)).toBeProblem('email_already_verified');
    });

    it('requires a signed-in person', async () => {
      expect(await t.post('/auth/verify-email/resend')).toBeProblem('authentication_required');
    });

    it('leaves one valid link, also after a parallel burst', async () => {
      const owner = await t.given.unverifiedTenant();
      const replies = await burst(20, () => resend(owner));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 20 });
      const open = await t.database.query(
        `SELECT 1 FROM one_time_secrets WHERE subject_id = $1 AND purpose = 'email-verification' AND used_at IS NULL`,
        [owner.user.id],
      );
      expect(open).toHaveLength(1);
    });
  });
});
