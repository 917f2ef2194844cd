import { ADA, GRACE, Gatehouse } from '../gatehouse.js';

const DAY = 86_400;

/**
 * The ten tests, by title. `expect` is Playwright's; `page` is a page of a browser whose base is the server, and `request`
 * its API.
 */
export function testsFor(expect) {
  return {
    'signs in with the password of the seed': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      const { accessToken } = await gatehouse.signIn(ADA);
      expect((await gatehouse.call('GET', '/auth/me', null, accessToken)).status).toBe(200);
    },

    'is refused with another password': async ({ request }) => {
      const wrong = { email: ADA.email, password: 'wrong horse 123' };
      const { status, body } = await new Gatehouse(request).call('POST', '/auth/login', wrong);
      expect([status, body.code]).toEqual([401, 'invalid_credentials']);
    },

    'asks for the second factor, and takes a backup code once': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      for (const expected of [200, 401]) {
        const { requiresTwoFactor, tempToken } = await gatehouse.signIn(GRACE);
        expect(requiresTwoFactor).toBe(true);
        const code = GRACE.backupCode;
        expect((await gatehouse.call('POST', '/auth/verify-2fa', { tempToken, code })).status).toBe(expected);
      }
    },

    'signs in by a fixed code': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      const phone = '+919999900001';
      expect((await gatehouse.call('POST', '/auth/otp/request', { phone })).status).toBe(200);
      const verified = await gatehouse.call('POST', '/auth/otp/verify', { phone, code: '123456' });
      expect(verified.status).toBe(200);
    },

    'resets a password by the link in the message': async ({ request, page }) => {
      const gatehouse = new Gatehouse(request);
      await gatehouse.call('POST', '/auth/forgot-password', { email: ADA.email });
      const { link } = await gatehouse.messageTo(ADA.email);
      await page.goto(new URL(link).pathname + new URL(link).search + new URL(link).hash);
      await page.locator('input[type=password]').first().fill('Another horse 456');
      await page.locator('button[type=submit]').first().click();
      await page
        .getByText(/changed|sign in/i)
        .first()
        .waitFor();
      await gatehouse.signIn({ email: ADA.email, password: 'Another horse 456' });
    },

    'shows the message in the inbox': async ({ request, page }) => {
      await new Gatehouse(request).call('POST', '/auth/forgot-password', { email: ADA.email });
      await page.goto('/dev/inbox');
      await page.getByText(ADA.email).first().waitFor();
    },

    'renews an expired access token': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      const { accessToken, refreshToken } = await gatehouse.signIn(ADA);
      await gatehouse.advance(3700);
      expect((await gatehouse.call('GET', '/auth/me', null, accessToken)).status).toBe(401);
      const renewed = await gatehouse.call('POST', '/auth/refresh', { refreshToken });
      expect((await gatehouse.call('GET', '/auth/me', null, renewed.body.accessToken)).status).toBe(200);
    },

    'is signed out after a week without use': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      const { refreshToken } = await gatehouse.signIn(ADA);
      await gatehouse.advance(7 * DAY + 60);
      expect((await gatehouse.call('POST', '/auth/refresh', { refreshToken })).status).toBe(401);
    },

    'tries again after one failure': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      await gatehouse.fail({ operation: 'login', code: 'service_unavailable' });
      expect((await gatehouse.call('POST', '/auth/login', ADA)).status).toBe(503);
      await gatehouse.signIn(ADA);
    },

    'tries again after a lost connection': async ({ request }) => {
      const gatehouse = new Gatehouse(request);
      await gatehouse.fail({ operation: 'login', reset: true });
      await expect(gatehouse.signIn(ADA)).rejects.toThrow();
      await gatehouse.signIn(ADA);
    },
  };
}
