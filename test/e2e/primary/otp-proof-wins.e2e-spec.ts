import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/** Somebody claims a number that is not theirs and waits. Whoever proves the number has it. */
describe('a number that an account claims', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const login = (body: object) => t.post('/auth/login', body);
  const forgot = async (phone: string) => {
    await t.post('/auth/forgot-password', { phone });
    return phones.code(phone);
  };
  const reset = (phone: string, code: string) =>
    t.post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD });
  const expectOut = async (squatter: Account, identifier: object) => {
    expect(await squatter.client.get('/auth/me')).toBeProblem('access_token_invalid');
    const { refreshToken, password } = squatter;
    expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
    expect(await login({ ...identifier, password })).toBeProblem('invalid_credentials');
  };

  it('signs in with the password beside it, and with no code', async () => {
    const phone = uniquePhone();
    const { password } = await phones.squatter(phone);
    expect((await login({ phone, password })).status).toBe(200);
    expect((await phones.verify(phone, await phones.newCode(phone))).body).toEqual({
      verified: true,
      isNewUser: true,
      signupToken: expect.any(String),
    });
  });

  describe('and is verified in a session of that account', () => {
    const prove = async (phone: string, account: Account, code?: string) =>
      account.client.post<OtpAnswer>('/auth/otp/verify', {
        phone,
        code: code ?? (await phones.newCode(phone)),
      });

    it('is its own, verified', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const reply = await prove(phone, account);
      expect(reply.body).toMatchObject({ isNewUser: false, user: { id: account.user.id, phone } });
      const me = await account.client.get<OtpAnswer>('/auth/me');
      expect(me.body).toMatchObject({ phone, phoneVerified: true });
      expect((await phones.verify(phone, await phones.newCode(phone))).body.user.id).toBe(account.user.id);
    });

    it('cannot be taken by a proof from before', async () => {
      const phone = uniquePhone();
      const token = await phones.signupToken(phone);
      await prove(phone, await phones.squatter(phone));
      expect(await t.post('/auth/signup', phones.signup(token))).toBeProblem('phone_taken');
    });

    it('is not verified in a session of another account', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const other = await t.given.tenant();
      expect((await prove(phone, other)).body.isNewUser).toBe(true);
      expect((await account.client.get<OtpAnswer>('/auth/me')).body.phoneVerified).toBe(false);
    });

    it('is not verified with a token that is over', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const code = await phones.newCode(phone);
      await account.client.post('/auth/logout', {});
      expect(await prove(phone, account, code)).toBeProblem('access_token_invalid');
    });
  });

  describe('and is proven by a code elsewhere', () => {
    it('moves to who signs up with it, and the account left without any is closed', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone);
      const { userId, client } = await phones.account(phone);
      await expectOut(squatter, { phone });
      expect(userId).not.toBe(squatter.user.id);
      expect((await client.get<OtpAnswer>('/auth/me')).body).toMatchObject({ phone, phoneVerified: true });
      const [row] = await t.database.query('SELECT status, phone FROM users WHERE id = $1', [
        squatter.user.id,
      ]);
      expect(row).toEqual({ status: 'closed', phone: null });
    });

    it('stays where it is until the sign-up is done', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      await phones.signupToken(phone);
      expect((await account.client.get('/auth/me')).status).toBe(200);
    });

    it('leaves an account its proven e-mail address, but ends its sessions', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone, { email: 'proven' });
      await phones.account(phone);
      expect(await account.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const again = await login({ email: account.email, password: account.password });
      expect(again.body.user).toMatchObject({ id: account.user.id, phone: null });
      expect(await login({ phone, password: `${account.password}!` })).toBeProblem('invalid_credentials');
    });

    it('moves once, of parallel sign-ups by the same proof', async () => {
      const phone = uniquePhone();
      await phones.squatter(phone);
      const token = await phones.signupToken(phone);
      const replies = await burst(10, () => t.post('/auth/signup', phones.signup(token)));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 400: 9 });
    });
  });

  describe('and is proven by recovery', () => {
    it('has nothing left of the old password, sessions and addresses', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone, { email: 'unproven' });
      expect((await reset(phone, await forgot(phone))).status).toBe(200);

      await expectOut(squatter, { phone });
      const owner = await login({ phone, password: NEW_PASSWORD });
      const me = await t.client(owner.body.accessToken).get<OtpAnswer>('/auth/me');
      expect(me.body).toMatchObject({ phone, phoneVerified: true, email: null, pendingEmail: null });
      await t.post('/auth/forgot-password', { email: squatter.email });
      expect(await t.inbox.messages(squatter.email, 'password-reset')).toEqual([]);
    });

    it('cannot be taken back by a link or a code the squatter asked for before', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone, { email: 'unproven' });
      const token = await t.given.resetToken(squatter);
      expect((await reset(phone, await forgot(phone))).status).toBe(200);
      const body = { token, newPassword: squatter.password };
      expect(await t.post('/auth/reset-password', body)).toBeProblem('reset_token_invalid');
    });

    it('is not recovered into an account that a proven address protects', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone, { email: 'proven' });
      await t.post('/auth/forgot-password', { phone });
      expect(await t.inbox.messages(phone)).toEqual([]);
      expect((await account.client.get('/auth/me')).status).toBe(200);
    });
  });

  it('is proven by who opens a reset link for its address, without the number', async () => {
    const phone = uniquePhone();
    const squatter = await phones.squatter(phone, { email: 'unproven' });
    const token = await t.given.resetToken(squatter);
    expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await login({ phone, password: NEW_PASSWORD })).toBeProblem('invalid_credentials');
    const owner = await login({ email: squatter.email, password: NEW_PASSWORD });
    expect(owner.body.user).toMatchObject({ id: squatter.user.id, phone: null });
  });

  it('keeps a number that somebody proved from a second account', async () => {
    const { phone, client } = await phones.account();
    const reply = await phones.verify(phone, await phones.newCode(phone));
    expect(reply.body.isNewUser).toBe(false);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('lets an address typed beside a proven number go to its prover', async () => {
    const email = uniqueEmail('victim');
    const account = await phones.account(uniquePhone(), { email });
    const { token } = await t.given.invitation(await t.given.tenant(), { email });
    const names = { firstName: 'Vera', lastName: 'Victim' };
    const joined = await t.post('/auth/invite/accept', {
      token,
      password: 'Copper-Lantern-42-Violin!',
      ...names,
    });
    expect(joined.status).toBe(201);
    expect(joined.body.user.id).not.toBe(account.userId);
    const again = await login({ phone: account.phone, password: account.password });
    expect(again.body.user).toMatchObject({ id: account.userId, email: null });
  });
});
