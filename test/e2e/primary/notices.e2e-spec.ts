import { fitsOneSegment } from '../../../src/modules/messaging/templates/sms-segment.js';
import { AccountDeletions } from '../../support/account-deletions.js';
import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { type PhoneAccount, Phones, uniquePhone } from '../../support/phone.js';
import { REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { type TestApp, useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const OTHER_PASSWORD = 'Timber-Saddle-58-Flute';

const notices = (t: TestApp, to: string) => t.inbox.messages(to, 'notice');

describe('a person with only a verified phone', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const twoFactor = new TwoFactor(t);
  const changePassword = ({ client, password }: PhoneAccount, newPassword = NEW_PASSWORD) =>
    client.post('/auth/change-password', { currentPassword: password, newPassword });

  const events: [string, string, (person: PhoneAccount) => Promise<unknown>][] = [
    ['a new password', 'Your password was changed', changePassword],
    [
      'a recovery',
      'Your password was reset',
      async ({ phone }) => {
        await t.post('/auth/forgot-password', { phone });
        const code = await phones.code(phone);
        return t.post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD });
      },
    ],
    [
      'a sign-in on a new device',
      'New sign-in to your account',
      ({ phone, password }) =>
        t.post('/auth/login', { phone, password }, { headers: { 'user-agent': 'Another/1.0' } }),
    ],
    [
      'a requested e-mail address',
      'A new e-mail address was requested',
      ({ client, password }) => client.patch('/auth/me', { email: uniqueEmail(), currentPassword: password }),
    ],
    [
      'a second factor that is on',
      'Two-factor authentication was turned on',
      ({ client }) => twoFactor.enable(client),
    ],
    [
      'a second factor that is off',
      'Two-factor authentication was turned off',
      async ({ client, password }) => {
        const { authenticator } = await twoFactor.enable(client);
        return client.post('/auth/disable-2fa', { password, code: authenticator.code() });
      },
    ],
    [
      'new backup codes',
      'New backup codes were made',
      async ({ client, password }) => {
        const { authenticator } = await twoFactor.enable(client);
        return client.post('/auth/backup-codes', { password, code: authenticator.code() });
      },
    ],
    ['an API key', 'An API key was created', ({ client }) => client.post('/auth/api-keys', { name: 'CI' })],
    [
      'an API key that is renewed',
      'An API key was renewed',
      async ({ client }) => {
        const { id } = (await client.post('/auth/api-keys', { name: 'CI' })).body;
        return client.post(`/auth/api-keys/${id}/rotate`);
      },
    ],
    [
      'an API key that is revoked',
      'An API key was revoked',
      async ({ client }) => {
        const { id } = (await client.post('/auth/api-keys', { name: 'CI' })).body;
        return client.delete(`/auth/api-keys/${id}`);
      },
    ],
    ['an archive', 'Your data was exported', ({ client }) => client.post('/users/me/export', {})],
    [
      'an account that is back',
      'Your account is back',
      async ({ client, phone }) => {
        const deletions = new AccountDeletions(t);
        await deletions.left(client);
        return deletions.restore(await deletions.token(phone));
      },
    ],
  ];

  it.each(events)('is notified by SMS of %s', async (_, subject, act) => {
    const person = await phones.account();
    await act(person);
    const sent = (await notices(t, person.phone)).filter((message) => message.subject === subject);
    expect(sent).toMatchObject([{ channel: 'sms', to: person.phone }]);
    const [{ text = '', link, code } = {}] = sent;
    // A change of the address could take the account from its owner, so this notice has a link that takes it back
    if (subject === 'A new e-mail address was requested') return expect(text).toContain(link);
    expect(text).toContain(subject);
    expect(fitsOneSegment(text)).toBe(true);
    expect([link, code]).toEqual([undefined, undefined]);
    expect(text).not.toMatch(/https?:|\d{4}|www\./);
  });

  it('is notified of a refresh token that was used twice', async () => {
    const person = await phones.account();
    const { refreshToken } = (await t.post('/auth/login', { phone: person.phone, password: PASSWORD })).body;
    await t.post('/auth/refresh', { refreshToken });
    await t.database.pass(REFRESH_GRACE_SECONDS + 1);
    expect((await t.post('/auth/refresh', { refreshToken })).status).toBe(401);
    const subjects = (await notices(t, person.phone)).map(({ subject }) => subject);
    expect(subjects).toContain('A session was ended for your safety');
  });

  it('is notified by SMS, too, where an e-mail address is only claimed', async () => {
    const email = uniqueEmail();
    const person = await phones.account(uniquePhone(), { email });
    await changePassword(person);
    expect(await notices(t, person.phone)).toHaveLength(1);
    expect(await notices(t, email)).toEqual([]);
  });

  it('is notified by e-mail, and by it alone, once an address is verified', async () => {
    const email = uniqueEmail();
    const person = await phones.account(uniquePhone(), { email });
    const token = await t.inbox.token(email, 'verify-email');
    expect((await person.client.post('/auth/verify-email', { token })).status).toBe(200);
    await changePassword(person);
    expect(await notices(t, email)).toHaveLength(1);
    expect(await notices(t, person.phone)).toEqual([]);
  });

  it('who changes to an address is notified at the phone, and from then on at the address', async () => {
    const person = await phones.account();
    const email = uniqueEmail();
    await person.client.patch('/auth/me', { email, currentPassword: person.password });
    const token = await t.inbox.token(email, 'verify-email');
    expect((await person.client.post('/auth/verify-email', { token })).status).toBe(200);
    await changePassword(person);
    expect((await notices(t, person.phone)).map(({ subject }) => subject)).toEqual([
      'Your e-mail address was changed',
      'A new e-mail address was requested',
    ]);
    expect((await notices(t, email)).map(({ subject }) => subject)).toEqual(['Your password was changed']);
  });
});

describe('notices by SMS', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null, SMS_NOTICE_DAILY_BUDGET: '3' });
  const phones = new Phones(t);
  const makeKeys = ({ client }: PhoneAccount, times: number) =>
    burst(times, () => client.post('/auth/api-keys', { name: 'CI' }));

  it('have a budget of their own, which no code draws on and which is spent exactly', async () => {
    await t.database.pass(26 * 3_600);
    const people = await burst(6, () => phones.account());
    for (const replies of await Promise.all(people.map((person) => makeKeys(person, 5))))
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 5 });
    const sent = await Promise.all(people.map(({ phone }) => notices(t, phone)));
    expect(sent.flat()).toHaveLength(3);

    await t.database.pass(1_200);
    for (const { phone } of people) {
      const before = (await t.inbox.messages(phone, 'otp')).length;
      await phones.request(phone);
      expect(await t.inbox.messages(phone, 'otp')).toHaveLength(before + 1);
    }
  });

  it('are sent again the day after, two for an event', async () => {
    const person = await phones.account();
    await t.database.pass(26 * 3_600);
    await makeKeys(person, 5);
    expect(await notices(t, person.phone)).toHaveLength(2);
  });
});

describe('an account without a verified identifier', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });
  const phones = new Phones(t);
  const change = async ({ client }: Pick<Account, 'client'>, currentPassword: string, newPassword: string) =>
    expect((await client.post('/auth/change-password', { currentPassword, newPassword })).status).toBe(200);

  it('gets one notice at the address it claims, and never another', async () => {
    const owner = await t.given.unverifiedTenant();
    await change(owner, PASSWORD, NEW_PASSWORD);
    await change(owner, NEW_PASSWORD, OTHER_PASSWORD);
    await owner.client.patch('/auth/me', { email: uniqueEmail(), currentPassword: OTHER_PASSWORD });
    await owner.client.post('/auth/api-keys', { name: 'CI' });
    expect((await notices(t, owner.email)).map(({ subject }) => subject)).toEqual([
      'Your password was changed',
    ]);

    // However long ago that was: what is left of the messages does not matter
    await t.database.query('DELETE FROM messages');
    await change(await t.given.login({ ...owner, password: OTHER_PASSWORD }), OTHER_PASSWORD, NEW_PASSWORD);
    expect(await notices(t, owner.email)).toEqual([]);
  });

  it('gets one of many at once', async () => {
    const owner = await t.given.unverifiedTenant();
    const replies = await burst(20, () => owner.client.post('/auth/api-keys', { name: 'CI' }));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 20 });
    expect(await notices(t, owner.email)).toHaveLength(1);
  });

  it('gets one SMS at the number it claims, and never another', async () => {
    const phone = uniquePhone();
    const { client, password } = await phones.squatter(phone);
    await change({ client }, password, NEW_PASSWORD);
    await change({ client }, NEW_PASSWORD, OTHER_PASSWORD);
    expect(await notices(t, phone)).toHaveLength(1);
  });

  it('gets every notice once its address is verified', async () => {
    const owner = await t.given.unverifiedTenant();
    await change(owner, PASSWORD, NEW_PASSWORD);
    const token = await t.given.verificationToken(owner);
    expect((await owner.client.post('/auth/verify-email', { token })).status).toBe(200);
    await change(owner, NEW_PASSWORD, OTHER_PASSWORD);
    await owner.client.post('/auth/api-keys', { name: 'CI' });
    expect(await notices(t, owner.email)).toHaveLength(3);
  });
});
