import { burst, countBy } from '../../support/burst.js';
import { PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { otherCode, type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS, Server } from '../../support/server.js';
import { JWT } from '../../support/shape.js';
import { useSharedApp } from '../../support/test-app.js';

describe('signing up by phone', () => {
  const t = useSharedApp();
  const phones = new Phones(t);

  it('leads from a code and a ticket to an account with a verified phone', async () => {
    const phone = uniquePhone();
    const requested = await phones.request(phone);
    expect(requested.status).toBe(200);
    expect(requested.body).toEqual({ expiresIn: 300, resendIn: MESSAGE_INTERVAL_SECONDS });

    const verified = await phones.verify(phone, await phones.code(phone));
    expect(verified.status).toBe(200);
    expect(verified.body).toEqual({
      verified: true,
      isNewUser: true,
      signupToken: expect.stringMatching(/^[\w-]{43}$/),
    });

    const email = uniqueEmail('rajesh');
    const body = phones.signup(verified.body.signupToken, { email, businessType: 'RETAILER' });
    const signedUp = await t.post('/auth/signup', body);
    expect(signedUp.status).toBe(201);
    expect(signedUp.body).toMatchObject({
      accessToken: expect.stringMatching(JWT),
      refreshToken: expect.stringMatching(JWT),
      expiresIn: 3600,
      user: { phone, email, firstName: 'Rajesh', lastName: 'Kumar', role: 'admin', roleLevel: 100 },
      tenant: { companyName: body.companyName },
    });
    const me = await t.client(signedUp.body.accessToken).get<OtpAnswer>('/auth/me');
    expect(me.body).toMatchObject({ phone, phoneVerified: true, email, emailVerified: false });
    expect(await t.inbox.messages(email, 'verify-email')).toHaveLength(1);
  });

  it('accepts a name in one field', async () => {
    const signupToken = await phones.signupToken(uniquePhone());
    const body = {
      signupToken,
      name: 'Rajesh Mohan Kumar',
      password: PASSWORD,
      companyName: `Store ${unique()}`,
    };
    const reply = await t.post('/auth/signup', body);
    expect(reply.body.user).toMatchObject({ firstName: 'Rajesh Mohan', lastName: 'Kumar' });
  });

  it('requires no e-mail address', async () => {
    const { client, phone, password } = await phones.account();
    expect((await client.get('/auth/me')).body.email).toBeNull();
    expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
  });

  it('consumes its ticket, once in twenty parallel requests', async () => {
    const token = await phones.signupToken(uniquePhone());
    const replies = await burst(20, () => t.post('/auth/signup', phones.signup(token)));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 400: 19 });
    expect(await t.post('/auth/signup', phones.signup(token))).toBeProblem('signup_token_invalid');
  });

  it('does not consume the ticket where another field is refused', async () => {
    const { tenant } = await t.given.tenant();
    const token = await phones.signupToken(uniquePhone());
    const signUp = (overrides: Record<string, unknown>) =>
      t.post('/auth/signup', phones.signup(token, overrides));
    expect(await signUp({ password: '12345678' })).toBeProblem('password_blocklisted');
    expect(await signUp({ companyName: tenant.companyName })).toBeProblem('company_name_taken');
    expect((await signUp({})).status).toBe(201);
  });

  it('is possible for ten minutes, and only with the newest ticket of a number', async () => {
    const late = await phones.signupToken(uniquePhone());
    const phone = uniquePhone();
    const older = await phones.signupToken(phone);
    await phones.signupToken(phone);
    expect(await t.post('/auth/signup', phones.signup(older))).toBeProblem('signup_token_invalid');
    await t.database.pass(601);
    expect(await t.post('/auth/signup', phones.signup(late))).toBeProblem('signup_token_invalid');
  });

  it('accepts no other kind of secret as its ticket', async () => {
    const owner = await t.given.tenant();
    const secrets = [
      await t.given.resetToken(owner),
      await t.given.verificationToken(owner),
      owner.accessToken,
    ];
    for (const secret of secrets)
      expect(await t.post('/auth/signup', phones.signup(secret))).toBeProblem('signup_token_invalid');
  });

  it('leaves an e-mail address to the account that has it', async () => {
    const owner = await t.given.tenant();
    const body = phones.signup(await phones.signupToken(uniquePhone()), { email: owner.email });
    expect(await t.post('/auth/signup', body)).toBeProblem('email_taken');
  });

  it.each([
    [{ phoneVerified: true }],
    [{ role: 'admin' }],
    [{ firstName: null, lastName: null }],
    [{ lastName: null }],
    [{ name: 'Rajesh Kumar' }],
    [{ signupToken: '' }],
    [{ companyName: 'https://evil.example' }],
  ])('refuses %j', async (overrides) => {
    const body = phones.signup(await phones.signupToken(uniquePhone()), overrides);
    expect(await t.post('/auth/signup', body)).toBeProblem('validation_failed');
  });
});

describe('signing in by phone', () => {
  const t = useSharedApp();
  const phones = new Phones(t);

  it('answers as a log-in does', async () => {
    const { phone, userId } = await phones.account();
    const reply = await phones.verify(phone, await phones.newCode(phone));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ isNewUser: false, expiresIn: 3600, user: { id: userId, phone } });
    expect((await t.client(reply.body.accessToken).get('/auth/me')).status).toBe(200);
  });

  it('finds one account in whatever notation the number is written', async () => {
    const phone = uniquePhone();
    const { userId } = await phones.account(phone);
    const [country, rest] = [phone.slice(1, 3), phone.slice(3)];
    const arabic = phone.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    const notations = [
      `+${country} ${rest.slice(0, 5)} ${rest.slice(5)}`,
      `00${country}${rest}`,
      `+${country}-${rest.slice(0, 5)}-${rest.slice(5)}`,
      ` +${country} (0)${rest} `,
      arabic,
      `\u202a${phone}\u202c`,
    ];
    for (const notation of notations) {
      expect((await t.post('/auth/login', { phone: notation, password: PASSWORD })).body.user.id).toBe(
        userId,
      );
    }
    expect((await phones.request(arabic)).status).toBe(200);
    expect((await phones.verify(notations[0] ?? '', await phones.code(phone))).body.user.id).toBe(userId);
  });

  it('opens the organisation used last, or none where there is none', async () => {
    const account = await phones.account();
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [account.userId]);
    const reply = await phones.verify(account.phone, await phones.newCode(account.phone));
    expect(reply.body).toMatchObject({ isNewUser: false, tenant: null });
  });

  it('returns the same response to a code request for a known and an unknown number', async () => {
    const { phone } = await phones.account();
    const [known, unknown] = [await phones.request(phone), await phones.request(uniquePhone())];
    expect(unknown.text).toBe(known.text);
    expect(unknown.status).toBe(known.status);
    expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(known.headers).sort());
  });

  it('fails for a closed account', async () => {
    const { phone, userId } = await phones.account();
    await t.database.query(`UPDATE users SET status = 'closed', phone = NULL WHERE id = $1`, [userId]);
    expect((await phones.verify(phone, await phones.newCode(phone))).body.isNewUser).toBe(true);
  });

  it.each([
    '',
    '9876543210',
    '+91',
    '+919',
    'phone',
    '+91 98765 43210 ext. 5',
    null,
    919876543210,
    {},
    ['+919876543210'],
  ])('refuses %j as a number', async (phone) => {
    expect(await t.post('/auth/otp/request', { phone })).toBeProblem('validation_failed');
  });

  it.each([
    [{}],
    [{ phone: '+919876543210', email: 'a@example.com' }],
    [{ phone: '+919876543210', admin: true }],
  ])('requires one identifier and nothing else, so not %j', async (body) => {
    expect(await t.post('/auth/otp/request', body)).toBeProblem('validation_failed');
  });

  it.each([
    '',
    '12345',
    '1234567',
    '12345a',
    '①②③④⑤⑥',
    ' 12345 ',
    123456,
    null,
    ['123456'],
    { code: '123456' },
  ])('refuses %j as a code', async (code) => {
    expect(await t.post('/auth/otp/verify', { phone: uniquePhone(), code })).toBeProblem('validation_failed');
  });

  it('logs in with phone and password, with one response for everything that is wrong', async () => {
    const { phone, password } = await phones.account();
    expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
    const wrong = [
      await t.post('/auth/login', { phone, password: `${password}!` }),
      await t.post('/auth/login', { phone: uniquePhone(), password }),
    ];
    for (const reply of wrong) expect(reply).toBeProblem('invalid_credentials');
    expect(await t.post('/auth/login', { phone, email: 'a@example.com', password })).toBeProblem(
      'validation_failed',
    );
  });

  it('counts wrong passwords by phone and by e-mail apart', async () => {
    const email = uniqueEmail();
    const { phone, password } = await phones.account(uniquePhone(), { email });
    for (const body of [{ phone }, { email }]) {
      for (let index = 0; index < 5; index += 1) {
        const reply = await t.post('/auth/login', { ...body, password: `Wrong-${unique()}` });
        expect(reply).toBeProblem('invalid_credentials');
      }
      expect(await t.post('/auth/login', { ...body, password })).toBeProblem('too_many_attempts');
    }
  });
});

describe('codes by e-mail', () => {
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
  const phones = new Phones(t);
  const newCode = async (email: string) => {
    await t.post('/auth/otp/request', { email });
    return phones.code(email);
  };
  const verify = async (email: string) =>
    t.client().post<OtpAnswer>('/auth/otp/verify', { email, code: await newCode(email) });

  it('sign in to an account that has verified the address', async () => {
    const owner = await t.given.verifiedTenant();
    const reply = await verify(owner.email.toUpperCase());
    expect(reply.body).toMatchObject({ isNewUser: false, user: { id: owner.user.id } });
  });

  it('sign up with the verified address, and with no other', async () => {
    const email = uniqueEmail();
    const { signupToken } = (await verify(email)).body;
    const other = phones.signup(signupToken, { email: uniqueEmail() });
    expect(await t.post('/auth/signup', other)).toBeProblem('signup_token_invalid');
    const { accessToken } = (await t.post('/auth/signup', phones.signup(signupToken))).body;
    expect((await t.client(accessToken).get('/auth/me')).body).toMatchObject({ email, emailVerified: true });
  });

  it('give the account to the person who verifies its address, not to the one who registered it', async () => {
    const squatter = await t.given.unverifiedTenant();
    const { isNewUser, user } = (await verify(squatter.email)).body;
    expect([isNewUser, user.id]).toEqual([false, squatter.user.id]);
    expect(await squatter.client.get('/auth/me')).toBeProblem('access_token_invalid');
    const { email, password } = squatter;
    expect(await t.post('/auth/login', { email, password })).toBeProblem('invalid_credentials');
  });
});

describe('codes by e-mail, by default', () => {
  const t = useSharedApp();

  it('are disabled, with the same response whether or not there is an account', async () => {
    const owner = await t.given.verifiedTenant();
    for (const email of [owner.email, uniqueEmail()]) {
      expect(await t.post('/auth/otp/request', { email })).toBeProblem('email_codes_disabled');
      const body = { email, code: '123456' };
      expect(await t.post('/auth/otp/verify', body)).toBeProblem('email_codes_disabled');
      expect(await t.inbox.messages(email, 'otp')).toEqual([]);
    }
  });
});

describe('test numbers', () => {
  const number = '+919876543210';
  const t = useSharedApp({ OTP_TEST_NUMBERS: '+91 98765 43210:012345', THROTTLE_ENABLED: 'true' });
  const phones = new Phones(t);

  it('have one code, which appears in the inbox, as often as it is requested', async () => {
    const { length: before } = await t.inbox.messages(number, 'otp');
    for (let round = 0; round < 5; round += 1) expect((await phones.request(number)).status).toBe(200);
    const codes = (await t.inbox.messages(number, 'otp')).map(({ code }) => code);
    expect(codes).toEqual(Array(before + 5).fill('012345'));
    expect((await phones.verify(number, '012345')).body.isNewUser).toBe(true);
  });

  it('have no code that was not requested, and none twice', async () => {
    await phones.request(number);
    expect((await phones.verify(number, '012345')).status).toBe(200);
    expect(await phones.verify(number, '012345')).toBeProblem('otp_invalid');
  });

  it('obey the attempt limits', async () => {
    await phones.request(number);
    for (let guess = 1; guess <= 5; guess += 1) await phones.verify(number, otherCode('012345', guess));
    expect(await phones.verify(number, '012345')).toBeProblem('otp_invalid');
  });

  it.each<[string, Record<string, string>]>([
    ['in production', { NODE_ENV: 'production', THROTTLE_ENABLED: 'true' }],
    ['with an invalid code', { OTP_TEST_NUMBERS: '+919876543210:12345' }],
    ['with an invalid number', { OTP_TEST_NUMBERS: '9876543210:123456' }],
  ])('stop a server %s', async (_, settings) => {
    const exit = await Server.startAndExit({ OTP_TEST_NUMBERS: '+919876543210:123456', ...settings });
    expect(exit.code).toBe(78);
    expect(exit.output).toContain('OTP_TEST_NUMBERS');
  });
});
