import { burst, countBy } from '../../support/burst.js';
import { at as datixlab } from '../../support/datixlab.js';
import { NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { at as katixo } from '../../support/katixo.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { SLOW_DOWN_FIRST_WAIT_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

const WRONG = 'Wrong-Guess-19-Harbor';

describe('wrong passwords', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  /** A person with an e-mail address and a phone, both verified. */
  const person = async () => {
    const email = uniqueEmail();
    const account = await phones.account(uniquePhone(), { email });
    const token = await t.inbox.token(email, 'verify-email');
    expect((await account.client.post('/auth/verify-email', { token })).status).toBe(200);
    return { ...account, email };
  };
  const by = {
    email: ({ email }: { email: string }, password: string) => t.post('/auth/login', { email, password }),
    phone: ({ phone }: { phone: string }, password: string) => t.post('/auth/login', { phone, password }),
  };
  const slow = async <T>(login: (who: T, password: string) => Promise<{ status: number }>, who: T) => {
    for (let index = 0; index < 5; index += 1) expect((await login(who, WRONG)).status).toBe(401);
    expect((await login(who, WRONG)).status).toBe(429);
  };

  it('by e-mail do not change the responses by phone, nor the other way round', async () => {
    const one = await person();
    await slow(by.email, one);
    await slow(by.phone, one);
  });

  it('are counted equally long for an identifier of two people and for one of nobody', async () => {
    const [one, other] = [await person(), await person()];
    await slow(by.email, one);
    await slow(by.phone, { phone: other.phone });
    await slow(by.phone, { phone: uniquePhone() });
    await slow(by.phone, one);
  });

  it('are counted together over the contracts', async () => {
    const { email } = await person();
    const body = { email, password: WRONG };
    const paths = ['/auth/login', katixo('/auth/login'), datixlab('/login')];
    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1)
      statuses.push((await t.post(paths[index % 3] ?? '', body)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('are reset for every identifier of a person by a right one', async () => {
    const one = await person();
    for (let index = 0; index < 4; index += 1) {
      await by.email(one, WRONG);
      await by.phone(one, WRONG);
    }
    expect((await by.email(one, PASSWORD)).status).toBe(200);
    expect((await by.phone(one, WRONG)).status).toBe(401);
    expect((await by.phone(one, WRONG)).status).toBe(401);
    await slow(by.email, one);
  });

  it.each(['link', 'code'])('are reset for every identifier by a recovery by %s', async (how) => {
    const one = await person();
    await slow(by.email, one);
    await slow(by.phone, one);
    const { email, phone } = one;
    await t.post('/auth/forgot-password', how === 'link' ? { email } : { phone });
    const secret =
      how === 'link'
        ? { token: await t.inbox.token(email, 'password-reset') }
        : { phone, code: await phones.code(phone) };
    expect((await t.post('/auth/reset-password', { ...secret, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect((await by.email(one, NEW_PASSWORD)).status).toBe(200);
    expect((await by.phone(one, NEW_PASSWORD)).status).toBe(200);
  });

  it('in a session delay the log-in by every identifier of the account', async () => {
    const one = await person();
    const change = { currentPassword: WRONG, newPassword: NEW_PASSWORD };
    const replies = [];
    for (let index = 0; index < 6; index += 1)
      replies.push(await one.client.post('/auth/change-password', change));
    expect(countBy(replies, ({ body }) => body.code)).toEqual({
      current_password_incorrect: 5,
      too_many_attempts: 1,
    });
    expect(await by.email(one, PASSWORD)).toBeProblem('too_many_attempts');
    expect(await by.phone(one, PASSWORD)).toBeProblem('too_many_attempts');
    expect((await one.client.get('/auth/me')).status).toBe(200);
  });

  it.each([
    [
      'at datixlab',
      'POST',
      datixlab('/change-password'),
      { current_password: WRONG, new_password: NEW_PASSWORD },
    ],
    ['for the profile', 'PATCH', '/auth/me', { email: uniqueEmail(), currentPassword: WRONG }],
    ['for the deletion of the account', 'DELETE', '/users/me', { password: WRONG }],
    ['for a second factor', 'POST', '/auth/enable-2fa', { currentPassword: WRONG }],
  ])('in a session count for the log-in, too: %s', async (_, method, path, body) => {
    const one = await person();
    for (let index = 0; index < 5; index += 1) {
      const { status } = await one.client.send(method, path, body);
      expect([400, 401, 403]).toContain(status);
    }
    expect(await by.email(one, PASSWORD)).toBeProblem('too_many_attempts');
    expect(await by.phone(one, PASSWORD)).toBeProblem('too_many_attempts');
  });

  it('at the log-in do not block a password change in a session', async () => {
    const one = await person();
    await slow(by.email, one);
    await slow(by.phone, one);
    const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await one.client.post('/auth/change-password', change)).status).toBe(200);
    expect((await by.email(one, NEW_PASSWORD)).status).toBe(200);
    expect((await by.phone(one, NEW_PASSWORD)).status).toBe(200);
  });

  it('in a session are compared five times in a parallel burst, and delay the log-in once', async () => {
    const one = await person();
    const change = { currentPassword: WRONG, newPassword: NEW_PASSWORD };
    const replies = await burst(19, () => one.client.post('/auth/change-password', change));
    expect(countBy(replies, ({ body }) => body.code)).toEqual({
      current_password_incorrect: 5,
      too_many_attempts: 14,
    });
    const refused = await by.email(one, PASSWORD);
    expect(refused).toBeProblem('too_many_attempts');
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(SLOW_DOWN_FIRST_WAIT_SECONDS);
  });

  it('beside an invitation count for the log-in by the address it was sent to, and for no other', async () => {
    const one = await person();
    const { token } = await t.given.invitation(await t.given.verifiedTenant(), { email: one.email });
    const accept = (password: string) => t.post('/auth/invite/accept', { token, password });
    for (let index = 0; index < 5; index += 1) expect((await accept(WRONG)).status).toBe(401);
    expect(await accept(PASSWORD)).toBeProblem('too_many_attempts');
    expect(await by.email(one, PASSWORD)).toBeProblem('too_many_attempts');
    expect((await by.phone(one, PASSWORD)).status).toBe(200);
  });

  it('over both identifiers add up to a hundred for one authenticator', async () => {
    const one = await person();
    await t.database.query('UPDATE password_credentials SET consecutive_failures = 98 WHERE user_id = $1', [
      one.userId,
    ]);
    await by.email(one, WRONG);
    await by.phone(one, WRONG);
    expect(await by.email(one, PASSWORD)).toBeProblem('invalid_credentials');
    expect(await by.phone(one, PASSWORD)).toBeProblem('invalid_credentials');
  });
});
