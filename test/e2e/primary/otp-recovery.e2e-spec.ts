import { burst, countBy } from '../../support/burst.js';
import { NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { otherCode, Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

describe('recovery by code', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const forgot = (phone: string) => t.post('/auth/forgot-password', { phone });
  const reset = (phone: string, code: string, newPassword = NEW_PASSWORD) =>
    t.post('/auth/reset-password', { phone, code, newPassword });
  const recoveryCode = async (phone: string) => {
    expect((await forgot(phone)).status).toBe(200);
    return phones.code(phone);
  };
  const login = (phone: string, password: string) => t.post('/auth/login', { phone, password });

  it('sets a new password, ends every session and signs nobody in', async () => {
    const { phone, password, client } = await phones.account();
    const reply = await reset(phone, await recoveryCode(phone));
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ message: 'Password reset successfully' });
    expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
    expect(await login(phone, password)).toBeProblem('invalid_credentials');
    expect((await login(phone, NEW_PASSWORD)).status).toBe(200);
  });

  it('gives one response, whether or not there is an account', async () => {
    const { phone } = await phones.account();
    const unknown = uniquePhone();
    const [known, other] = [await forgot(phone), await forgot(unknown)];
    expect(known.body).toEqual({ message: 'If the phone number exists, a reset code has been sent.' });
    expect(other.status).toBe(known.status);
    expect(other.text).toBe(known.text);
    expect(Object.keys(other.headers).sort()).toEqual(Object.keys(known.headers).sort());
    expect(await t.inbox.messages(unknown)).toEqual([]);
    expect(await reset(unknown, '123456')).toBeProblem('otp_invalid');
  });

  it('is for members of the organisation, where one is named', async () => {
    const { phone } = await phones.account();
    const { tenant } = await t.given.tenant();
    await t.post('/auth/forgot-password', { phone, tenantSlug: tenant.slug });
    expect(await t.inbox.messages(phone)).toHaveLength(1);
  });

  it('leaves the outstanding code valid when a request names an organisation the account is not a member of', async () => {
    const { phone } = await phones.account();
    const code = await recoveryCode(phone);
    const { tenant } = await t.given.tenant();
    const asked = await t.post('/auth/forgot-password', { phone, tenantSlug: tenant.slug });
    expect(asked.body).toEqual({ message: 'If the phone number exists, a reset code has been sent.' });
    expect((await reset(phone, code)).status).toBe(200);
  });

  it('is possible for ten minutes', async () => {
    const [early, late] = [await phones.account(), await phones.account()];
    const codes = [await recoveryCode(early.phone), await recoveryCode(late.phone)];
    await t.database.pass(300);
    expect((await reset(early.phone, codes[0] ?? '')).status).toBe(200);
    await t.database.pass(301);
    expect(await reset(late.phone, codes[1] ?? '')).toBeProblem('otp_invalid');
  });

  it('does not consume the code for a password that is refused, however often', async () => {
    const { phone } = await phones.account();
    const code = await recoveryCode(phone);
    for (let round = 0; round < 7; round += 1)
      expect(await reset(phone, code, '12345678')).toBeProblem('password_blocklisted');
    expect((await reset(phone, code)).status).toBe(200);
    expect(await reset(phone, code)).toBeProblem('otp_invalid');
  });

  it('compares five of two hundred parallel guesses, and then refuses the right one', async () => {
    const { phone, password } = await phones.account();
    const code = await recoveryCode(phone);
    const replies = await burst(200, (index) => reset(phone, otherCode(code, index + 1)));
    expect(replies.every(({ status }) => status === 400 || status === 429)).toBe(true);
    await t.database.pass(1 + Math.max(...replies.map(({ headers }) => Number(headers['retry-after'] ?? 0))));
    expect(await reset(phone, code)).toBeProblem('otp_invalid');
    expect((await login(phone, password)).status).toBe(200);
  });

  it('happens once in twenty parallel requests', async () => {
    const { phone } = await phones.account();
    const code = await recoveryCode(phone);
    const replies = await burst(20, () => reset(phone, code));
    expect(countBy(replies, ({ status }) => status)[200]).toBe(1);
  });

  it('gives access to an account that wrong passwords have delayed', async () => {
    const { phone } = await phones.account();
    for (let guess = 0; guess < 6; guess += 1) await login(phone, 'Wrong-Guess-19-Harbor');
    await reset(phone, await recoveryCode(phone));
    expect((await login(phone, NEW_PASSWORD)).status).toBe(200);
  });

  it('revokes the outstanding links and codes', async () => {
    const email = uniqueEmail();
    const { phone, client } = await phones.account(uniquePhone(), { email });
    const verification = await t.inbox.token(email, 'verify-email');
    await client.post('/auth/verify-email', { token: verification });
    await t.post('/auth/forgot-password', { email });
    const token = await t.inbox.token(email, 'password-reset');
    const signIn = await phones.newCode(phone);
    expect((await reset(phone, await recoveryCode(phone))).status).toBe(200);
    expect(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).toBeProblem(
      'reset_token_invalid',
    );
    expect(await phones.verify(phone, signIn)).toBeProblem('otp_invalid');
  });

  it.each([
    [{ code: '123456' }],
    [{ phone: '+919876543210' }],
    [{ phone: '+919876543210', code: '12345' }],
    [{ phone: '+919876543210', code: '123456', token: 'x' }],
    [{ token: 'x', code: '123456' }],
  ])('requires a token, or a phone and its code, so not %j', async (body) => {
    const reply = await t.post('/auth/reset-password', { ...body, newPassword: NEW_PASSWORD });
    expect(reply).toBeProblem('validation_failed');
  });
});
