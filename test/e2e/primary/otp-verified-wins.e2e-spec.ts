import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, unique } from '../../support/given.js';
import { type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/** A squatter claims a number of another person and waits. The person who verifies the number gets it. */
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

  it('signs in with the account’s password', async () => {
    const phone = uniquePhone();
    const { password } = await phones.squatter(phone);
    expect((await login({ phone, password })).status).toBe(200);
  });

  describe('and is verified in a session of that account', () => {
    const verify = async (phone: string, account: Account, code?: string) =>
      account.client.post<OtpAnswer>('/auth/otp/verify', {
        phone,
        code: code ?? (await phones.newCode(phone)),
      });

    it('belongs to the account, verified', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const reply = await verify(phone, account);
      expect(reply.body).toMatchObject({ isNewUser: false, user: { id: account.user.id, phone } });
      const me = await account.client.get<OtpAnswer>('/auth/me');
      expect(me.body).toMatchObject({ phone, phoneVerified: true });
      expect((await phones.verify(phone, await phones.newCode(phone))).body.user.id).toBe(account.user.id);
    });

    it('cannot be taken by an earlier verification', async () => {
      const phone = uniquePhone();
      const token = await phones.signupToken(phone);
      await verify(phone, await phones.squatter(phone));
      expect(await t.post('/auth/signup', phones.signup(token))).toBeProblem('phone_taken');
    });

    it('leaves the account its password and its other sessions', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const elsewhere = t.client((await login({ phone, password: account.password })).body.accessToken);
      await verify(phone, account);
      expect((await elsewhere.get('/auth/me')).status).toBe(200);
      expect((await login({ phone, password: account.password })).status).toBe(200);
    });

    it('empties that account if verified by a code in a session of another account, as in none', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const other = await t.given.tenant();
      const { body } = await verify(phone, other);
      expect([body.isNewUser, body.user.id]).toEqual([false, account.user.id]);
      await expectOut(account, { phone });
      expect((await other.client.get('/auth/me')).body.id).toBe(other.user.id);
    });

    it('is not verified with a token that is over', async () => {
      const phone = uniquePhone();
      const account = await phones.squatter(phone);
      const code = await phones.newCode(phone);
      await account.client.post('/auth/logout', {});
      expect(await verify(phone, account, code)).toBeProblem('access_token_invalid');
    });
  });

  describe('and is verified by a code elsewhere', () => {
    it('signs in to that account, which has no password until one is set by recovery', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone);
      const { body, status } = await phones.verify(phone, await phones.newCode(phone));
      expect([status, body.isNewUser, body.user.id]).toEqual([200, false, squatter.user.id]);
      expect(body.signupToken).toBeUndefined();
      await expectOut(squatter, { phone });
      const me = await t.client(body.accessToken).get<OtpAnswer>('/auth/me');
      expect(me.body).toMatchObject({ phone, phoneVerified: true, role: 'admin' });
      expect((await reset(phone, await forgot(phone))).status).toBe(200);
      expect((await login({ phone, password: NEW_PASSWORD })).body.user.id).toBe(squatter.user.id);
    });

    it('is removed from it for the person who then signs up with it', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone);
      const client = t.client();
      await phones.verify(phone, await phones.newCode(phone), client);
      const names = { name: 'Rajesh Kumar', businessName: `Store ${unique()}`, businessType: 'RETAILER' };
      const body = { phone, password: NEW_PASSWORD, ...names };
      const reply = await client.post<{ errors: { code: string }[] }>('/api/v1/auth/signup', body);
      expect([reply.status, reply.body.errors[0]?.code]).toEqual([409, 'phone_taken']);
      const [row] = await t.database.query('SELECT status, phone FROM users WHERE id = $1', [
        squatter.user.id,
      ]);
      expect(row).toEqual({ status: 'active', phone });
    });

    it('is transferred with the account to the person who signs up, where it was claimed after the code', async () => {
      const phone = uniquePhone();
      const token = await phones.signupToken(phone);
      const squatter = await phones.squatter(phone);
      const body = phones.signup(token);
      const reply = await t.post('/auth/signup', body);
      expect([reply.status, reply.body.user.id]).toEqual([201, squatter.user.id]);
      await expectOut(squatter, { phone });
      const { user } = (await login({ phone, password: body.password })).body;
      expect(user).toMatchObject({ id: squatter.user.id, firstName: 'Rajesh' });
      const listed = await t
        .client(reply.body.accessToken)
        .get<{ slug: string }[]>('/users/me/organisations');
      expect(listed.body).toHaveLength(2);
    });

    it('is transferred once, in parallel sign-ups with the same ticket', async () => {
      const phone = uniquePhone();
      const token = await phones.signupToken(phone);
      await phones.squatter(phone);
      const replies = await burst(10, () => t.post('/auth/signup', phones.signup(token)));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 400: 9 });
    });
  });

  describe('and is verified by recovery', () => {
    it('has nothing left of the old password, sessions and addresses', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone, { email: 'claimed' });
      expect((await reset(phone, await forgot(phone))).status).toBe(200);

      await expectOut(squatter, { phone });
      const owner = await login({ phone, password: NEW_PASSWORD });
      const me = await t.client(owner.body.accessToken).get<OtpAnswer>('/auth/me');
      expect(me.body).toMatchObject({ phone, phoneVerified: true, email: null, pendingEmail: null });
      await t.post('/auth/forgot-password', { email: squatter.email });
      expect(await t.inbox.messages(squatter.email, 'password-reset')).toEqual([]);
    });

    it('cannot be taken back by a link or a code that the squatter requested before', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone, { email: 'claimed' });
      const token = await t.given.resetToken(squatter);
      expect((await reset(phone, await forgot(phone))).status).toBe(200);
      const body = { token, newPassword: squatter.password };
      expect(await t.post('/auth/reset-password', body)).toBeProblem('reset_token_invalid');
    });
  });

  it('is removed from the account when a reset link verifies only the account’s address', async () => {
    const phone = uniquePhone();
    const squatter = await phones.squatter(phone, { email: 'claimed' });
    const token = await t.given.resetToken(squatter);
    expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await login({ phone, password: NEW_PASSWORD })).toBeProblem('invalid_credentials');
    const owner = await login({ email: squatter.email, password: NEW_PASSWORD });
    expect(owner.body.user).toMatchObject({ id: squatter.user.id, phone: null });
  });

  it('gets no second account once it is verified', async () => {
    const { phone, client } = await phones.account();
    const reply = await phones.verify(phone, await phones.newCode(phone));
    expect(reply.body.isNewUser).toBe(false);
    expect((await client.get('/auth/me')).status).toBe(200);
  });
});
