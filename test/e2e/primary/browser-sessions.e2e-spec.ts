import { ASKS, BrowserPage, COOKIE, cookieOf, PAGE, WITH_BROWSER_SESSIONS } from '../../support/browser.js';
import { burst } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS, REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';
import { uniqueEmail } from '../../support/unique.js';

const ATTRIBUTES = 'Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax';

describe('a browser session', () => {
  const t = useSharedApp(WITH_BROWSER_SESSIONS);
  const twoFactor = new TwoFactor(t);
  const open = () => new BrowserPage(t.client());

  const toKeepTheToken = (reply: Reply, status: number) => {
    const cookie = cookieOf(reply);
    expect(reply.status).toBe(status);
    expect(reply.body).toHaveProperty('refreshToken', '');
    expect(reply.headers['set-cookie']).toBe(`${cookie}; ${ATTRIBUTES}`);
    const [, value = ''] = (cookie ?? '').split('=');
    expect(value).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(reply.text).not.toContain(value);
    return reply.body;
  };
  /** A page whose account is signed in, and its access token. */
  const signedIn = async () => {
    const page = open();
    const registration = t.given.registration();
    const { accessToken, tenant } = toKeepTheToken(await page.post('/auth/register', registration), 201);
    const { email, password } = registration;
    return { page, email, password, token: accessToken, tenant };
  };

  describe('keeps the refresh token in the cookie', () => {
    it('after a registration and a sign-in by password', async () => {
      const { email, password } = await signedIn();
      toKeepTheToken(await open().post('/auth/login', { email, password }), 200);
    });

    it('after a sign-up and a sign-in by code', async () => {
      const phones = new Phones(t);
      const phone = uniquePhone();
      const body = phones.signup(await phones.signupToken(phone));
      toKeepTheToken(await open().post('/auth/signup', body), 201);
      await t.database.pass(MESSAGE_INTERVAL_SECONDS);
      const code = await phones.newCode(phone);
      toKeepTheToken(await open().post('/auth/otp/verify', { phone, code }), 200);
    });

    it('after the second factor', async () => {
      const owner = await twoFactor.owner();
      const page = open();
      const first = await page.post('/auth/login', { email: owner.email, password: owner.password });
      expect(cookieOf(first)).toBeNull();
      const { tempToken } = first.body;
      const code = owner.authenticator.code();
      toKeepTheToken(await page.post('/auth/verify-2fa', { tempToken, code }), 200);
    });

    it('after an invitation was accepted', async () => {
      const { token } = await t.given.invitation(await t.given.tenant(), { email: uniqueEmail('invited') });
      const body = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
      toKeepTheToken(await open().post('/auth/invite/accept', body), 201);
    });

    it('after an invitation was accepted in a session, also one that is in no cookie', async () => {
      const { page, email, token } = await signedIn();
      const { accessToken: other } = (await t.post('/auth/login', { email, password: PASSWORD })).body;
      for (const own of [token, other]) {
        const { token: link } = await t.given.invitation(await t.given.tenant(), { email });
        toKeepTheToken(await page.post('/auth/invite/accept', { token: link }, { token: own }), 201);
        toKeepTheToken(await page.refresh(), 200);
      }
    });

    it('after a switch and a change of the password, whatever the request asks for', async () => {
      const { page, token, tenant, password } = await signedIn();
      const withoutMode = { token, headers: { origin: PAGE } };
      const switched = await page.client.post('/users/me/switch-org', { orgId: tenant.id }, withoutMode);
      const { accessToken } = toKeepTheToken(switched, 200);
      const change = { currentPassword: password, newPassword: NEW_PASSWORD };
      const how = { token: accessToken, headers: { origin: PAGE } };
      toKeepTheToken(await page.client.post('/auth/change-password', change, how), 200);
    });

    it('after the second factor was turned on and off', async () => {
      const { page, token, password } = await signedIn();
      const { authenticator, backupCodes } = await twoFactor.enrol(page.client.withToken(token));
      const how = { token, headers: { origin: PAGE } };
      const on = await page.client.post('/auth/confirm-2fa', { code: authenticator.code() }, how);
      const { accessToken } = toKeepTheToken(on, 200);
      const off = { password, code: backupCodes[0] };
      toKeepTheToken(await page.post('/auth/disable-2fa', off, { token: accessToken }), 200);
    });
  });

  describe('refreshes', () => {
    it('with the cookie alone, and gets the next one', async () => {
      const { page } = await signedIn();
      const before = page.cookie;
      const { accessToken } = toKeepTheToken(await page.refresh(), 200);
      expect(page.cookie).not.toBe(before);
      expect((await t.client(accessToken).get('/auth/me')).status).toBe(200);
    });

    it('once in twenty parallel requests: two tabs get the same cookie', async () => {
      const { page } = await signedIn();
      const { cookie } = page;
      const headers = { ...ASKS, cookie: cookie ?? '' };
      const replies = await burst(20, () => page.client.post('/auth/refresh', undefined, { headers }));
      const [next, ...others] = new Set(replies.map(cookieOf));
      expect(others).toEqual([]);
      expect(next).not.toBe(cookie);
    });

    it('not with a used cookie, which ends the session and is removed', async () => {
      const { page } = await signedIn();
      const used = page.cookie;
      await page.refresh();
      const present = page.cookie;
      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      page.cookie = used;
      expect(await page.refresh()).toBeProblem('refresh_token_invalid');
      expect(page.cookie).toBeNull();
      page.cookie = present;
      expect(await page.refresh()).toBeProblem('refresh_token_invalid');
    });

    it('only in the place of its session', async () => {
      const { page } = await signedIn();
      const [, ofCookie] = (page.cookie ?? '').split('=');
      expect(await t.post('/auth/refresh', { refreshToken: ofCookie })).toBeProblem('refresh_token_invalid');
      expect(await t.post('/api/v1/auth/refresh', { refreshToken: ofCookie })).toHaveProperty('status', 401);
      const other = open();
      other.cookie = `${COOKIE}=${(await t.given.tenant()).refreshToken}`;
      expect(await other.refresh()).toBeProblem('refresh_token_invalid');
      expect((await page.refresh()).status).toBe(200);
    });
  });

  it('ends with a sign-out, which removes the cookie', async () => {
    const { page, token } = await signedIn();
    const { cookie } = page;
    const reply = await page.post('/auth/logout', {}, { token });
    expect(reply.headers['set-cookie']).toBe(`${COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`);
    page.cookie = cookie;
    expect(await page.refresh()).toBeProblem('refresh_token_invalid');
  });

  it('is nothing for who does not ask: the answers stay as they are', async () => {
    const account = await t.given.tenant();
    const { email, password } = account;
    const headers = { origin: PAGE, cookie: `${COOKIE}=x` };
    const login = await t.post('/auth/login', { email, password }, { headers });
    expect(Object.keys(login.body).sort()).toEqual([
      'accessToken',
      'expiresIn',
      'refreshToken',
      'tenant',
      'user',
    ]);
    const refreshed = await t.post('/auth/refresh', { refreshToken: login.body.refreshToken }, { headers });
    expect(Object.keys(refreshed.body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken']);
    const missing = await t.post('/auth/refresh', undefined, { headers });
    expect(missing).toBeProblem('validation_failed');
    for (const reply of [login, refreshed, missing]) expect(cookieOf(reply)).toBeNull();
  });

  it('repeats an answer with its Idempotency-Key only to a browser', async () => {
    const registration = t.given.registration();
    const headers = { 'idempotency-key': 'one' };
    const page = open();
    const first = await page.post('/auth/register', registration, { headers });
    const again = await page.post('/auth/register', registration, { headers });
    expect(cookieOf(again)).toBe(cookieOf(first));
    expect(again.body).toHaveProperty('refreshToken', '');
    expect(await page.client.post('/auth/register', registration, { headers })).toBeProblem(
      'idempotency_key_reused',
    );
  });
});
