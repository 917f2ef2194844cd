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
  });
  const phones = new Phones(t);

  /** Far apart, so that each is sent; for a day, within the limit of each hour. */
  const again = async (times: number, seconds: number, act: () => Promise<Reply>) => {
    for (let count = 0; count < times; count += 1) {
      await t.database.pass(seconds);
      await act();
    }
  };
  const forgotten = (body: object) => () => t.post('/auth/forgot-password', body);
  const sent = async (to: string) => (await t.inbox.messages(to)).length;
  let strangers: Account[] = [];
  const stranger = (index: number) => strangers[index % strangers.length] as Account;
  const invitation = (to: object, index = 0) =>
    stranger(index).client.post('/auth/invite', { role: 'user', ...to });

  beforeAll(async () => {
    strangers = await burst(6, () => t.given.verifiedTenant());
  });

  describe('by e-mail, five in an hour and more', () => {
    /** How strangers cause a message to an address, and how its owner requests one. */
    const causes: Record<string, (email: string) => Promise<unknown>> = {
      'recovery links': (email) => again(6, 61, forgotten({ email })),
      'codes to sign in': (email) => again(6, 61, () => t.post('/auth/otp/request', { email })),
      'recovery links and codes': async (email) => {
        await again(6, 61, forgotten({ email }));
        await again(6, 61, () => t.post('/auth/otp/request', { email }));
      },
      'invitations of many tenants': (email) => {
        let turn = 0;
        return again(6, 61, () => invitation({ email }, turn++));
      },
      'address changes of many accounts': async (email) => {
        await t.database.pass(3_600);
        let turn = 0;
        return again(6, 61, () => {
          const { client, password } = stranger(turn++);
          return client.patch('/auth/me', { email, currentPassword: password });
        });
      },
    };
    const asks: Record<string, (owner: Account) => Promise<Reply>> = {
      'a verification link': ({ client }) => client.post('/auth/verify-email/resend'),
      'the link that undoes a deletion': ({ client }) => new AccountDeletions(t).leave(client),
      'an invitation by the owner': ({ email }) => invitation({ email }),
      'a recovery link': ({ email }) => t.post('/auth/forgot-password', { email }),
      'a code to sign in': ({ email }) => t.post('/auth/otp/request', { email }),
    };
    const ownDoing = (cause: string, ask: string) =>
      (ask === 'a recovery link' && cause.startsWith('recovery links')) ||
      (ask === 'a code to sign in' && cause.includes('codes')) ||
      (ask === 'an invitation by the owner' && cause.startsWith('invitations'));
    const pairs = Object.keys(causes).flatMap((cause) =>
      Object.keys(asks)
        .filter((ask) => !ownDoing(cause, ask))
        .map((ask) => [cause, ask] as const),
    );

    it.each(pairs)('%s do not block %s', async (cause, ask) => {
      const owner = await t.given.unverifiedTenant();
      await causes[cause]?.(owner.email);
      const before = await sent(owner.email);
      const reply = await asks[ask]?.(await t.given.login(owner));
      expect([200, 201, 202]).toContain(reply?.status);
      expect(await sent(owner.email)).toBe(before + 1);
    });

    it('recovery links of a whole day do not block an invitation, a resend and a deletion', async () => {
      const owner = await t.given.unverifiedTenant();
      await again(30, 1_800, forgotten({ email: owner.email }));
      const { client } = await t.given.login(owner);
      for (const ask of [
        'a verification link',
        'an invitation by the owner',
        'the link that undoes a deletion',
      ]) {
        const before = await sent(owner.email);
        await asks[ask]?.({ ...owner, client });
        expect([ask, await sent(owner.email)]).toEqual([ask, before + 1]);
      }
    });
  });

  describe('by SMS, three in ten minutes and more', () => {
    const causes: Record<string, (phone: string) => Promise<unknown>> = {
      'codes to sign in': (phone) => again(4, 61, () => phones.request(phone)),
      'codes to recover': (phone) => again(4, 61, forgotten({ phone })),
      invitations: (phone) => {
        let turn = 0;
        return again(4, 61, () => invitation({ phone }, turn++));
      },
    };
    const asks: Record<string, (person: PhoneAccount) => Promise<Reply>> = {
      'a code to sign in': ({ phone }) => phones.request(phone),
      'a code to recover': ({ phone }) => t.post('/auth/forgot-password', { phone }),
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
    const pairs = Object.keys(causes).flatMap((cause) =>
      Object.keys(asks)
        .filter((ask) => same[cause] !== ask)
        .map((ask) => [cause, ask] as const),
    );

    it.each(pairs)('%s do not block %s', async (cause, ask) => {
      const person = await phones.account();
      await t.database.pass(1_200);
      await causes[cause]?.(person.phone);
      const before = await sent(person.phone);
      const reply = await asks[ask]?.(person);
      expect([200, 201, 202]).toContain(reply?.status);
      expect(await sent(person.phone)).toBe(before + 1);
    });

    it('ten codes of a day do not block a code to recover', async () => {
      const person = await phones.account();
      await again(15, 1_800, () => phones.request(person.phone));
      const before = await sent(person.phone);
      await t.post('/auth/forgot-password', { phone: person.phone });
      expect(await sent(person.phone)).toBe(before + 1);
    });
  });

  describe('from elsewhere leave a reserve for a request from an address of earlier sign-ins:', () => {
    it('a recovery link, after forty of a day', async () => {
      const owner = await t.given.verifiedTenant();
      await again(40, 2_000, forgotten({ email: owner.email }));
      const before = await sent(owner.email);
      await t.post('/auth/forgot-password', { email: owner.email });
      expect(await sent(owner.email)).toBe(before);
      await owner.client.post('/auth/forgot-password', { email: owner.email }, { token: null });
      expect(await sent(owner.email)).toBe(before + 1);
    });

    it('a code to sign in and one to recover, after forty of a day', async () => {
      const { phone, client } = await phones.account();
      await again(40, 2_000, async () => {
        await phones.request(phone);
        return t.post('/auth/forgot-password', { phone });
      });
      for (const path of ['/auth/otp/request', '/auth/forgot-password']) {
        const before = await sent(phone);
        await t.post(path, { phone });
        expect(await sent(phone)).toBe(before);
        await client.post(path, { phone }, { token: null });
        expect(await sent(phone)).toBe(before + 1);
      }
    });

    it('which an account that only claims the address does not get', async () => {
      const claimant = await t.given.unverifiedTenant();
      await again(6, 61, forgotten({ email: claimant.email }));
      const before = await sent(claimant.email);
      await claimant.client.post('/auth/forgot-password', { email: claimant.email }, { token: null });
      expect(await sent(claimant.email)).toBe(before);
    });
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
