import { AccountDeletions } from '../../support/account-deletions.js';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { type PhoneAccount, Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

describe('messages that others cause to a person', () => {
  // A minute between two, as in production: more than three fit into ten minutes
  const t = useSharedApp({
    THROTTLE_ENABLED: null,
    EMAIL_CODE_SIGN_IN: 'true',
    EMAIL_INTERVAL_SECONDS: null,
    SMS_INTERVAL_SECONDS: null,
    // The strangers change their addresses to those of several people
    EMAIL_CHANGE_SESSION_PER_HOUR: '1000',
    EMAIL_CHANGE_ACCOUNT_PER_DAY: '1000',
  });
  const phones = new Phones(t);

  /** Far apart, so that each is sent; for a day, within the limit of each hour. */
  const again = async (times: number, seconds: number, act: (turn: number) => Promise<unknown>) => {
    for (let turn = 0; turn < times; turn += 1) {
      await t.database.pass(seconds);
      await act(turn);
    }
  };
  /** To each of them as often as to one, in the same time. */
  const toEach = (to: string[], act: (one: string) => Promise<unknown>) => Promise.all(to.map(act));
  const forgotten = (body: object) => t.post('/auth/forgot-password', body);
  const sent = async (to: string) => (await t.inbox.messages(to)).length;
  let strangers: Account[] = [];
  const stranger = (index: number) => strangers[index % strangers.length] as Account;
  const invitation = (to: object, index = 0) =>
    stranger(index).client.post('/auth/invite', { role: 'user', ...to });

  beforeAll(async () => {
    strangers = await burst(6, () => t.given.verifiedTenant());
  });

  describe('by e-mail, five in an hour and more', () => {
    /** How strangers cause messages to addresses, and how an owner requests one. */
    const causes: Record<string, (emails: string[]) => Promise<void>> = {
      'recovery links': (emails) => again(6, 61, () => toEach(emails, (email) => forgotten({ email }))),
      'codes to sign in': (emails) =>
        again(6, 61, () => toEach(emails, (email) => t.post('/auth/otp/request', { email }))),
      'recovery links and codes': async (emails) => {
        await causes['recovery links']?.(emails);
        await causes['codes to sign in']?.(emails);
      },
      'invitations of many tenants': (emails) =>
        again(6, 61, (turn) => toEach(emails, (email) => invitation({ email }, turn))),
      'address changes of many accounts': async (emails) => {
        await t.database.pass(3_600);
        await again(6, 61, async (turn) => {
          const { client, password } = stranger(turn);
          for (const email of emails) await client.patch('/auth/me', { email, currentPassword: password });
        });
      },
    };
    const asks: Record<string, (owner: Account) => Promise<Reply>> = {
      'a verification link': ({ client }) => client.post('/auth/verify-email/resend'),
      'the link that undoes a deletion': ({ client }) => new AccountDeletions(t).leave(client),
      'an invitation by the owner': ({ email }) => invitation({ email }),
      'a recovery link': ({ email }) => forgotten({ email }),
      'a code to sign in': ({ email }) => t.post('/auth/otp/request', { email }),
    };
    const ownDoing = (cause: string, ask: string) =>
      (ask === 'a recovery link' && cause.startsWith('recovery links')) ||
      (ask === 'a code to sign in' && cause.includes('codes')) ||
      (ask === 'an invitation by the owner' && cause.startsWith('invitations'));

    describe.each(Object.keys(causes))('%s', (cause) => {
      const asked = Object.keys(asks).filter((ask) => !ownDoing(cause, ask));
      const owners: Record<string, Account> = {};
      beforeAll(async () => {
        for (const ask of asked) owners[ask] = await t.given.unverifiedTenant();
        await causes[cause]?.(Object.values(owners).map(({ email }) => email));
      });

      it.each(asked)('do not block %s', async (ask) => {
        const owner = owners[ask] as Account;
        const before = await sent(owner.email);
        const reply = await asks[ask]?.(await t.given.login(owner));
        expect([200, 201, 202]).toContain(reply?.status);
        expect(await sent(owner.email)).toBe(before + 1);
      });
    });
  });

  describe('by SMS, three in ten minutes and more', () => {
    const causes: Record<string, (numbers: string[]) => Promise<void>> = {
      'codes to sign in': (numbers) => again(4, 61, () => toEach(numbers, (phone) => phones.request(phone))),
      'codes to recover': (numbers) => again(4, 61, () => toEach(numbers, (phone) => forgotten({ phone }))),
      invitations: (numbers) =>
        again(4, 61, (turn) => toEach(numbers, (phone) => invitation({ phone }, turn))),
    };
    const asks: Record<string, (person: PhoneAccount) => Promise<Reply>> = {
      'a code to sign in': ({ phone }) => phones.request(phone),
      'a code to recover': ({ phone }) => forgotten({ phone }),
      'an invitation by the owner': ({ phone }) => invitation({ phone }),
      'the link that undoes a deletion': ({ client }) => new AccountDeletions(t).leave(client),
      'a notice': ({ client, password }) =>
        client.post('/auth/change-password', { currentPassword: password, newPassword: NEW_PASSWORD }),
    };
    const same: Record<string, string> = {
      'codes to sign in': 'a code to sign in',
      'codes to recover': 'a code to recover',
      invitations: 'an invitation by the owner',
    };

    describe.each(Object.keys(causes))('%s', (cause) => {
      const asked = Object.keys(asks).filter((ask) => same[cause] !== ask);
      const people: Record<string, PhoneAccount> = {};
      beforeAll(async () => {
        for (const ask of asked) people[ask] = await phones.account();
        await t.database.pass(1_200);
        await causes[cause]?.(Object.values(people).map(({ phone }) => phone));
      });

      it.each(asked)('do not block %s', async (ask) => {
        const person = people[ask] as PhoneAccount;
        const before = await sent(person.phone);
        const reply = await asks[ask]?.(person);
        expect([200, 201, 202]).toContain(reply?.status);
        expect(await sent(person.phone)).toBe(before + 1);
      });
    });
  });

  describe('forty times in a day', () => {
    let claimant: Account;
    let owner: Account;
    let coded: PhoneAccount;
    let person: PhoneAccount;
    beforeAll(async () => {
      [claimant, owner] = [await t.given.unverifiedTenant(), await t.given.verifiedTenant()];
      [coded, person] = [await phones.account(), await phones.account()];
      await again(40, 2_000, async () => {
        await toEach([claimant.email, owner.email], (email) => forgotten({ email }));
        await toEach([coded.phone, person.phone], (phone) => phones.request(phone));
        await forgotten({ phone: person.phone });
      });
    });

    it('by recovery links do not block an invitation, a resend and a deletion', async () => {
      const { client, email } = await t.given.login(claimant);
      const asks = [
        () => client.post('/auth/verify-email/resend'),
        () => invitation({ email }),
        () => new AccountDeletions(t).leave(client),
      ];
      for (const [index, ask] of asks.entries()) {
        const before = await sent(email);
        await ask();
        expect([index, await sent(email)]).toEqual([index, before + 1]);
      }
    });

    it('by codes to sign in do not block a code to recover', async () => {
      const before = await sent(coded.phone);
      await forgotten({ phone: coded.phone });
      expect(await sent(coded.phone)).toBe(before + 1);
    });

    it('leave a recovery link for a request from an address of earlier sign-ins', async () => {
      const before = await sent(owner.email);
      await forgotten({ email: owner.email });
      expect(await sent(owner.email)).toBe(before);
      await owner.client.post('/auth/forgot-password', { email: owner.email }, { token: null });
      expect(await sent(owner.email)).toBe(before + 1);
    });

    it('leave a code to sign in and one to recover for such a request', async () => {
      const { phone, client } = person;
      for (const path of ['/auth/otp/request', '/auth/forgot-password']) {
        const before = await sent(phone);
        await t.post(path, { phone });
        expect(await sent(phone)).toBe(before);
        await client.post(path, { phone }, { token: null });
        expect(await sent(phone)).toBe(before + 1);
      }
    });
  });

  it('leave no reserve for an account that only claims the address', async () => {
    const { email, client } = await t.given.unverifiedTenant();
    await again(6, 61, () => forgotten({ email }));
    const before = await sent(email);
    await client.post('/auth/forgot-password', { email }, { token: null });
    expect(await sent(email)).toBe(before);
  });
});

describe('a response', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });
  const isAbout = (wait: number, seconds: number) => {
    expect(wait).toBeGreaterThan(seconds / 2);
    expect(wait).toBeLessThanOrEqual(seconds);
  };
  const isRefused = async (reply: Reply, seconds: number) => {
    expect(reply).toBeProblem('message_limit_exceeded');
    isAbout(Number(reply.headers['retry-after']), seconds);
  };

  it('to a resend reports that nothing was sent, and when the next message will be', async () => {
    const owner = await t.given.unverifiedTenant();
    await isRefused(await owner.client.post('/auth/verify-email/resend'), MESSAGE_INTERVAL_SECONDS);
    for (let count = 0; count < 4; count += 1) {
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      expect((await owner.client.post('/auth/verify-email/resend')).status).toBe(200);
    }
    await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
    // Of five links, the first leaves the window of an hour first
    await isRefused(
      await owner.client.post('/auth/verify-email/resend'),
      3_600 - 5 * MESSAGE_INTERVAL_SECONDS,
    );
    expect(await t.inbox.messages(owner.email, 'verify-email')).toHaveLength(5);
  });

  it('to a new address reports that nothing was sent, and then nothing has changed', async () => {
    const [owner, other] = [await t.given.verifiedTenant(), await t.given.tenant()];
    const email = uniqueEmail();
    const currentPassword = owner.password;
    expect((await other.client.patch('/auth/me', { email, currentPassword })).status).toBe(200);
    const reply = await owner.client.patch('/auth/me', { email, firstName: 'Zoe', currentPassword });
    await isRefused(reply, MESSAGE_INTERVAL_SECONDS);
    expect((await owner.client.get('/auth/me')).body).toMatchObject({
      firstName: 'Olga',
      pendingEmail: null,
    });
    expect(await t.inbox.messages(owner.email, 'notice')).toEqual([]);
    expect(await t.inbox.messages(email)).toHaveLength(1);
  });

  it('to a deletion reports that nothing was sent, and then nothing is deleted', async () => {
    const owner = await t.given.verifiedTenant();
    const deletions = new AccountDeletions(t);
    await deletions.left(owner.client);
    await deletions.restore(await deletions.token(owner.email));
    const { client } = await t.given.login(owner);
    await isRefused(await deletions.leave(client), MESSAGE_INTERVAL_SECONDS);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('to a list of invitations reports it, line by line', async () => {
    const owner = await t.given.verifiedTenant();
    const [known, fresh] = [uniqueEmail(), uniqueEmail()];
    await (await t.given.verifiedTenant()).client.post('/auth/invite', { email: known, role: 'user' });
    const invitations = [known, fresh].map((email) => ({ email, role: 'user' }));
    const { body } = await owner.client.post('/auth/invite/bulk', { invitations });
    expect(body.results).toMatchObject([
      { status: 'refused', error: { code: 'message_limit_exceeded' } },
      { status: 'invited' },
    ]);
    const [refused] = body.results as { error?: { retryAfter?: number } }[];
    isAbout(refused?.error?.retryAfter ?? 0, MESSAGE_INTERVAL_SECONDS);
  });

  it('without a session never reports it', async () => {
    const owner = await t.given.verifiedTenant();
    const phone = uniquePhone();
    const replies = [
      ...(await burst(8, () => t.post('/auth/forgot-password', { email: owner.email }))),
      ...(await burst(8, () => t.post('/auth/forgot-password', { email: uniqueEmail() }))),
    ];
    const codes = await burst(8, () => t.post('/auth/otp/request', { phone }));
    expect(countBy(replies, ({ status, text }) => `${status} ${text}`)).toEqual({
      [`200 ${replies[0]?.text}`]: 16,
    });
    expect(countBy(codes, ({ status, text }) => `${status} ${text}`)).toEqual({
      [`200 ${codes[0]?.text}`]: 8,
    });
  });
});
