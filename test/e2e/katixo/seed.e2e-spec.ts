import { decodeJwt } from 'jose';
import type { Client, Reply } from '../../support/client.js';
import { unique, uniqueEmail } from '../../support/given.js';
import { at, type Envelope, expectRefusal, Katixo } from '../../support/katixo.js';
import { uniquePhone } from '../../support/phone.js';
import * as seed from '../../support/seeds/katixo.js';
import { useSharedApp } from '../../support/test-app.js';

const SECRET = /^[\w-]{22,}$/;

describe('the published description of the katixo contract', () => {
  // As in `.env.example`: limits on, and one number whose code is known
  const t = useSharedApp({
    OTP_TEST_NUMBERS: seed.TEST_NUMBER,
    THROTTLE_ENABLED: 'true',
    SMS_INTERVAL_SECONDS: null,
  });
  const k = new Katixo(t);

  it('holds for its own requests, one after the other', async () => {
    const client = t.client();
    const post = (path: string, body: unknown, as: Client = client) => as.post<Envelope>(at(path), body);
    const envelope = (data: unknown, message: unknown = expect.any(String)) => {
      return { success: true, message, data, errors: null };
    };

    const requested = await post('/auth/otp/request', seed.otpRequest.request);
    expect([requested.status, requested.body]).toEqual([200, envelope(seed.open.otpRequest)]);

    const verified = await post('/auth/otp/verify', seed.otpVerify.request);
    const newPhone = { ...seed.open.newPhone, signupToken: expect.stringMatching(SECRET) };
    expect([verified.status, verified.body]).toEqual([200, envelope(newPhone)]);

    const signedUp = await post('/auth/signup', seed.signup.request);
    expect(signedUp.status).toBe(201);
    expect(signedUp.body).toHaveShape(seed.authResponse);

    const loggedIn = await post('/auth/login', seed.login.request);
    expect(loggedIn.status).toBe(200);
    expect(loggedIn.body).toHaveShape(seed.authResponse);

    const { refreshToken } = loggedIn.body.data;
    const refreshed = await post('/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).toHaveShape(
      { ...envelope(seed.refresh.data, seed.authResponse.message) },
      { varying: ['message'] },
    );
    expect(refreshed.body.data.refreshToken).not.toBe(refreshToken);

    const owner = client.withToken(refreshed.body.data.accessToken);
    const listed = await owner.get<Envelope>(at('/users/me/organisations'));
    expect(listed.status).toBe(200);
    expect(listed.body).toEqual(envelope([{ ...seed.open.organisation, id: expect.any(String) }]));

    const elsewhere = await post('/users/me/switch-org', seed.switchOrg.request, owner);
    expectRefusal(elsewhere, 'not_found');

    const invited = await post('/auth/invite', seed.invite.request, owner);
    expect(invited.status).toBe(201);
    expect(invited.body.data).toMatchObject({ phone: '+919876543211', role: 'ACCOUNTANT' });

    const forgotten = await post('/auth/forgot-password', seed.forgotPassword.request);
    expect([forgotten.status, forgotten.body.success]).toEqual([200, true]);

    const reset = await post('/auth/reset-password', seed.resetPassword.request);
    expect([reset.status, reset.body]).toEqual([200, envelope(null)]);

    const { newPassword: password } = seed.resetPassword.request;
    const again = await post('/auth/login', { ...seed.login.request, password });
    expect(again.body).toHaveShape(seed.authResponse);
    expectRefusal(await post('/auth/login', seed.login.request), 'invalid_credentials');
  });

  it('holds for a known phone that signs in by its code', async () => {
    const owner = await k.owner();
    await t.database.pass(60);
    await k.post('/auth/otp/request', { phone: owner.phone });
    const reply = await k.post('/auth/otp/verify', { phone: owner.phone, otp: await k.code(owner.phone) });
    expect(reply.status).toBe(200);
    expect(reply.body).toHaveShape(
      { ...seed.authResponse, data: { ...seed.authResponse.data, isNewUser: false } },
      { varying: ['data.user.phone'], nullable: ['data.user.email'] },
    );
  });

  it('names the active organisation in the token, as `org_id`', async () => {
    const owner = await k.owner();
    const { organisation } = (await k.get('/auth/me', owner.client)).body.data;
    expect(decodeJwt(owner.accessToken)).toMatchObject({ org_id: organisation?.id, sub: owner.userId });
  });

  it('returns the signed-in person', async () => {
    const owner = await k.owner({ email: uniqueEmail() });
    const { status, body } = await k.get('/auth/me', owner.client);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id: owner.userId,
      name: 'Rajesh Kumar',
      phone: owner.phone,
      role: 'OWNER',
      phoneVerified: true,
      emailVerified: false,
      permissions: { gst: { view: true }, workflows: { approve: true } },
    });
  });

  it('signs out of all sessions at once', async () => {
    const owner = await k.owner();
    const login = await k.post('/auth/login', { phone: owner.phone, password: owner.password });
    const other = t.client(login.body.data.accessToken);

    const { status, body } = await k.post('/auth/logout', undefined, owner.client);
    expect([status, body]).toEqual([
      200,
      { success: true, message: expect.any(String), data: null, errors: null },
    ]);
    for (const client of [owner.client, other]) {
      expectRefusal(await k.get('/auth/me', client), 'access_token_invalid');
    }
    for (const { refreshToken } of [owner, login.body.data]) {
      expectRefusal(await k.post('/auth/refresh', { refreshToken }), 'refresh_token_invalid');
    }
  });

  it('lets invited people set up their account, by the link in the SMS', async () => {
    const owner = await k.owner();
    const phone = uniquePhone();
    await k.post('/auth/invite', { ...seed.invite.request, phone }, owner.client);
    const { channel, link = '' } = await t.inbox.latest(phone, 'invitation');
    expect([channel, link]).toEqual(['sms', expect.stringMatching(/#token=[\w-]{22,}$/)]);

    const body = { token: await t.inbox.token(phone, 'invitation'), password: 'secureP@ss123' };
    const reply: Reply<Envelope> = await k.post('/auth/invite/accept', body);
    expect(reply.status).toBe(201);
    expect(reply.body).toHaveShape(
      {
        ...seed.authResponse,
        data: {
          ...seed.authResponse.data,
          user: { ...seed.authResponse.data.user, name: 'Priya Sharma', role: 'ACCOUNTANT' },
        },
      },
      { varying: ['data.user.phone'], nullable: ['data.user.email'] },
    );
    const me = (await k.get('/auth/me', t.client(reply.body.data.accessToken))).body.data;
    expect(me).toMatchObject({ phone, phoneVerified: true, email: null, role: 'ACCOUNTANT' });
  });

  it('switches to another organisation, with new tokens', async () => {
    const owner = await k.owner();
    const created = await k.post('/users/me/organisations', { name: 'Kumar Wholesale' }, owner.client);
    expect([created.status, created.body.data]).toEqual([
      201,
      expect.objectContaining({ role: 'OWNER', active: false, businessType: null }),
    ]);

    const { status, body } = await k.post(
      '/users/me/switch-org',
      { orgId: created.body.data.id },
      owner.client,
    );
    expect(status).toBe(200);
    expect(body).toHaveShape(seed.authResponse, {
      varying: ['message', 'data.user.phone'],
      nullable: ['data.user.email'],
    });
    expect(decodeJwt(body.data.accessToken).org_id).toBe(created.body.data.id);
    expectRefusal(await k.get('/auth/me', owner.client), 'access_token_invalid');
  });

  describe('POST /auth/register, of which only the name is published', () => {
    it('signs up with a password, and sends the code that verifies the phone later', async () => {
      const body = k.registration({ email: uniqueEmail() });
      const client = t.client();
      const { status, body: answer } = await k.post('/auth/register', body, client);
      expect(status).toBe(201);
      expect(answer).toHaveShape(seed.authResponse, { varying: ['data.user.phone', 'data.user.email'] });

      const signedIn = client.withToken(answer.data.accessToken);
      expect((await k.get('/auth/me', signedIn)).body.data.phoneVerified).toBe(false);
      const verification = { phone: body.phone, otp: await k.code(body.phone) };
      expect((await k.post('/auth/otp/verify', verification, signedIn)).status).toBe(200);
      const login = await k.post('/auth/login', { phone: body.phone, password: body.password });
      const me = await k.get('/auth/me', t.client(login.body.data.accessToken));
      expect(me.body.data.phoneVerified).toBe(true);
    });

    it('gives two businesses of one name a slug each', async () => {
      const businessName = `Twin Stores ${unique()}`;
      const [first, second] = [await k.owner({ businessName }), await k.unverified({ businessName })];
      const slugs = await Promise.all(
        [first, second].map(
          async ({ client }) => (await k.get('/auth/me', client)).body.data.organisation?.slug,
        ),
      );
      expect(slugs[1]).toBe(`${slugs[0]}-2`);
    });
  });

  it('returns the printed lifetime and the printed keys, and no personal data in the token', async () => {
    const { body } = await k.post('/auth/register', k.registration());
    expect(Object.keys(body)).toEqual(['success', 'message', 'data', 'errors']);
    expect(body.data.expiresIn).toBe(3600);
    const claims = decodeJwt(body.data.accessToken);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(JSON.stringify(claims)).not.toContain('Rajesh');
  });
});
