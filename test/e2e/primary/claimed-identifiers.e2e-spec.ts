import { AccountDeletions } from '../../support/account-deletions.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

const NAMES = { firstName: 'Vera', lastName: 'Victim' };
const TAKEN_OFF = 'An address or number was removed from your account';
const RELEASED = 'Your address or number was removed from another account';

/** A stranger's address or number, claimed by an account with a verified identifier, so that it is not taken over. */
describe('an identifier that an account claims beside a verified one', () => {
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
  const phones = new Phones(t);
  const deletions = new AccountDeletions(t);

  /** Signed up by phone, with a stranger's address beside it. */
  const byPhone = async () => {
    const email = uniqueEmail('victim');
    return { email, account: await phones.account(uniquePhone(), { email }) };
  };
  /** Signed up by e-mail, with a stranger's number beside it. */
  const byEmail = async () => {
    const phone = uniquePhone();
    return { phone, account: await phones.squatter(phone, { email: 'verified' }) };
  };
  const resetToken = async (email: string) => {
    await t.post('/auth/forgot-password', { email });
    return t.inbox.token(email, 'password-reset');
  };
  const reset = (token: string, newPassword = NEW_PASSWORD) =>
    t.post('/auth/reset-password', { token, newPassword });
  const expectUntouched = async (account: Pick<Account, 'client'>, id: string, gone: 'email' | 'phone') => {
    const me = await account.client.get<OtpAnswer>('/auth/me');
    expect([me.status, me.body.id, me.body[gone], me.body.role]).toEqual([200, id, null, 'admin']);
  };
  const subjects = async (to: string) => (await t.inbox.messages(to, 'notice')).map(({ subject }) => subject);

  describe('can be obtained with the mailbox alone:', () => {
    it('it cannot be registered, a reset link is sent, and after its use it can be', async () => {
      const { email, account } = await byPhone();
      expect(await t.post('/auth/register', t.given.registration({ email }))).toBeProblem('email_taken');
      const token = await resetToken(email);
      const validated = await t.get(`/auth/reset-password/validate?token=${token}`);
      expect(validated.body).toEqual({ valid: true, email });
      expect((await reset(token)).body).toEqual({ message: 'Password reset successfully' });

      await expectUntouched(account, account.userId, 'email');
      const owner = await t.given.unverifiedTenant({ email });
      expect(owner.user.id).not.toBe(account.userId);
    });

    it('the chosen password opens nothing, and the account’s own still works', async () => {
      const { email, account } = await byPhone();
      await reset(await resetToken(email));
      const login = (identifier: object, password: string) =>
        t.post('/auth/login', { ...identifier, password });
      expect(await login({ email }, NEW_PASSWORD)).toBeProblem('invalid_credentials');
      expect(await login({ phone: account.phone }, NEW_PASSWORD)).toBeProblem('invalid_credentials');
      const { status, body } = await login({ phone: account.phone }, account.password);
      expect([status, body.user.id]).toEqual([200, account.userId]);
    });

    it('the link works once, and a refused password does not consume it', async () => {
      const { email } = await byPhone();
      const token = await resetToken(email);
      expect(await reset(token, '12345678')).toBeProblem('password_blocklisted');
      expect((await reset(token)).status).toBe(200);
      expect(await reset(token)).toBeProblem('reset_token_invalid');
    });

    it('the link reveals nothing about the account: no name, and no number by a refused password', async () => {
      const { email, account } = await byPhone();
      const token = await resetToken(email);
      const message = await t.inbox.latest(email, 'password-reset');
      expect(message.text).toMatch(/^Hello,/);
      expect(message.text).not.toContain('Rajesh');
      expect((await reset(token, `${account.phone.slice(1)}`)).body.code).not.toBe(
        'password_contains_identity',
      );
    });

    it('a number likewise, with a recovery code', async () => {
      const { phone, account } = await byEmail();
      await t.post('/auth/forgot-password', { phone });
      const body = { phone, code: await phones.code(phone), newPassword: NEW_PASSWORD };
      expect((await t.post('/auth/reset-password', body)).status).toBe(200);
      await expectUntouched(account, account.user.id, 'phone');
      expect((await phones.account(phone)).userId).not.toBe(account.user.id);
    });

    it('also while the account that claims it is being deleted', async () => {
      const claimant = await t.given.unverifiedTenant();
      const { email } = claimant;
      await deletions.left(claimant.client);
      expect(await t.post('/auth/register', t.given.registration({ email }))).toBeProblem('email_taken');
      const restoration = await deletions.token(email);
      expect((await reset(await resetToken(email))).status).toBe(200);
      expect((await t.given.unverifiedTenant({ email })).user.id).not.toBe(claimant.user.id);
      expect(await deletions.restore(restoration)).toBeProblem('restoration_token_invalid');
    });
  });

  it('is removed by an invitation that a new person accepts', async () => {
    const { email, account } = await byPhone();
    const { token } = await t.given.invitation(await t.given.tenant(), { email });
    const joined = await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
    expect([joined.status, joined.body.user.email]).toEqual([201, email]);
    expect(joined.body.user.id).not.toBe(account.userId);
    await expectUntouched(account, account.userId, 'email');
  });

  it('is removed by a code with which the person who verified it signs up', async () => {
    const { phone, account } = await byEmail();
    const verified = await phones.verify(phone, await phones.newCode(phone));
    expect(verified.body).toEqual({ verified: true, isNewUser: true, signupToken: expect.any(String) });
    await expectUntouched(account, account.user.id, 'phone');
    const { signupToken } = verified.body;
    const reply = await t.post('/auth/signup', phones.signup(signupToken));
    expect([reply.status, reply.body.user.id === account.user.id]).toEqual([201, false]);
  });

  it('is removed by a code sent by e-mail, too', async () => {
    const { email, account } = await byPhone();
    await t.post('/auth/otp/request', { email });
    const reply = await t
      .client()
      .post<OtpAnswer>('/auth/otp/verify', { email, code: await phones.code(email) });
    expect(reply.body.isNewUser).toBe(true);
    await expectUntouched(account, account.userId, 'email');
  });

  it('is verified in a session of the account, and cannot be obtained by others after that', async () => {
    const { email, account } = await byPhone();
    const outstanding = await resetToken(email);
    const token = await t.inbox.token(email, 'verify-email');
    expect((await account.client.post('/auth/verify-email', { token })).status).toBe(200);
    expect(await reset(outstanding)).toBeProblem('reset_token_invalid');
    expect((await account.client.get('/auth/me')).body.email).toBe(email);
  });

  describe('and is removed from it', () => {
    it('causes a notice to the verified address, and one to the address or number itself, once each', async () => {
      const one = await byEmail();
      await phones.verify(one.phone, await phones.newCode(one.phone));
      expect(await subjects(one.account.email)).toEqual([TAKEN_OFF]);
      expect(await subjects(one.phone)).toEqual([RELEASED]);

      const two = await byPhone();
      await reset(await resetToken(two.email));
      expect(await subjects(two.email)).toEqual([RELEASED]);
    });

    it('is recorded in no tenant’s trail, and nowhere with who did it', async () => {
      const { email, account } = await byPhone();
      await reset(await resetToken(email));
      const events = await t.database.query(
        `SELECT tenant_id, actor_id, detail FROM audit_events WHERE target_id = $1 AND action = 'user.updated'`,
        [account.userId],
      );
      expect(events).toEqual([
        { tenant_id: null, actor_id: null, detail: { reason: 'email_verified_by_another' } },
      ]);
    });
  });

  it('is not recovered for a tenant that the account is not a member of', async () => {
    const { email } = await byPhone();
    const { tenant } = await t.given.tenant();
    await t.post('/auth/forgot-password', { email, tenantSlug: tenant.slug });
    expect(await t.inbox.messages(email, 'password-reset')).toEqual([]);
  });

  it('gets the same responses as an unknown one', async () => {
    const { email } = await byPhone();
    const { phone } = await byEmail();
    for (const [claimed, unknown] of [
      [{ email }, { email: uniqueEmail() }],
      [{ phone }, { phone: uniquePhone() }],
    ]) {
      const [known, other] = [
        await t.post('/auth/forgot-password', claimed),
        await t.post('/auth/forgot-password', unknown),
      ];
      expect([known.status, known.text]).toEqual([other.status, other.text]);
      expect(Object.keys(known.headers).sort()).toEqual(Object.keys(other.headers).sort());
    }
  });
});
