import { burst } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { at, Datixlab } from '../../support/datixlab.js';
import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { Phones } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/** Has a message sent to a recipient. */
type Cause = (to: string) => Promise<Reply>;
/** Observes, again and again, after creating what must exist before the cause. */
type Observer = (to: string, by: Account) => Promise<() => Promise<Reply>>;

interface Watcher {
  name: string;
  exists: boolean;
  to: string;
  look: () => Promise<Reply>;
  results: object[];
}

/**
 * The interval between two messages to one recipient: so short that three fit into ten minutes, so long that a
 * machine that stands still for a minute or two makes no difference. A wait is that, or much longer: for the fourth
 * in ten minutes.
 */
const INTERVAL = 140;
const LONG = 180;

/**
 * An attacker causes messages to a recipient and then observes what is left of its limits, in the responses to their
 * own requests. The responses must be the same whether or not the recipient has an account.
 */
describe('whether an account exists', () => {
  // The attackers' own sending limits must not affect their observations
  const t = useSharedApp({
    THROTTLE_ENABLED: null,
    EMAIL_CODE_SIGN_IN: 'true',
    EMAIL_CHANGE_SESSION_PER_HOUR: '1000',
    EMAIL_CHANGE_ACCOUNT_PER_DAY: '1000',
    SMS_BLOCK_PER_HOUR: '3',
    EMAIL_INTERVAL_SECONDS: String(INTERVAL),
    SMS_INTERVAL_SECONDS: String(INTERVAL),
  });
  const phones = new Phones(t);
  let spies: Account[] = [];

  beforeAll(async () => {
    spies = await burst(11, () => t.given.verifiedTenant());
  });

  const spy = async (index: number) => t.given.login(spies[index] as Account);
  const invite = (by: Account, to: object) => by.client.post('/auth/invite', { role: 'user', ...to });
  const inviteAll = (by: Account, to: object) =>
    by.client.post('/auth/invite/bulk', { invitations: [{ role: 'user', ...to }] });
  const inviteAgain = async (by: Account, to: object) => {
    const { id } = (await invite(by, to)).body;
    return () => by.client.post(`/tenants/current/invitations/${id}/resend`);
  };
  const requestEmail = ({ client, password }: Account, email: string) =>
    client.patch('/auth/me', { email, currentPassword: password });

  /** The response without what differs from one request to the next: ids, times and the recipient. */
  const seen = ({ status, headers, body }: Reply) => {
    const { code, results, message } = body;
    const lines = (results ?? []).map((line) => [line.status, line.error?.code]);
    // Some time passes between two responses
    const wait = Number(headers['retry-after'] ?? 0);
    return {
      status,
      keys: Object.keys(body).sort(),
      code,
      message,
      lines,
      isLong: wait > LONG,
      waits: wait > 0,
    };
  };

  /** All in parallel, each with an attacker of its own, so that the same time passes for them. */
  const compare = async (
    cause: Cause,
    observers: Record<string, Observer>,
    subject: (exists: boolean) => Promise<string>,
  ) => {
    // Earlier messages no longer count
    await t.database.pass(2 * 86_400);
    const watchers: Watcher[] = [];
    for (const [name, observe] of Object.entries(observers)) {
      for (const exists of [true, false]) {
        const to = await subject(exists);
        const look = await observe(to, await spy(watchers.length));
        watchers.push({ name, exists, to, look, results: [] });
      }
    }
    const all = async (act: (watcher: Watcher) => Promise<Reply>) => {
      for (const watcher of watchers) watcher.results.push(seen(await act(watcher)));
    };
    for (let count = 0; count < 3; count += 1) {
      await t.database.pass(INTERVAL + 1);
      await all(({ to }) => cause(to));
    }
    await all(({ look }) => look());
    await all(({ look }) => look());
    await t.database.pass(INTERVAL + 1);
    for (let count = 0; count < 3; count += 1) await all(({ look }) => look());
    const shown = (wanted: boolean) =>
      watchers.filter(({ exists }) => exists === wanted).map(({ name, results }) => [name, results]);
    expect(shown(true)).toEqual(shown(false));
  };

  describe('of an e-mail address', () => {
    const last = 10;
    const observers: Record<string, Observer> = {
      'an invitation': (email, by) => Promise.resolve(() => invite(by, { email })),
      'a list of invitations': (email, by) => Promise.resolve(() => inviteAll(by, { email })),
      'an invitation that is sent again': (email, by) => inviteAgain(by, { email }),
      'a request for it': (email, by) => Promise.resolve(() => requestEmail(by, email)),
      'a link that is sent again': async (email, by) => {
        await requestEmail(by, email);
        return () => by.client.post('/auth/verify-email/resend');
      },
    };

    it.each<[string, Cause]>([
      ['a recovery link', (email) => t.post('/auth/forgot-password', { email })],
      ['a code to sign in', (email) => t.post('/auth/otp/request', { email })],
      ['a request for it', async (email) => requestEmail(await spy(last), email)],
      [
        'a request for it in another contract',
        async (email) => {
          const { client } = await new Datixlab(t).login(spies[last] as Account);
          return client.patch(at('/me'), { email, current_password: PASSWORD });
        },
      ],
      ['an invitation', async (email) => invite(await spy(last), { email })],
      ['a wrong password', (email) => t.post('/auth/login', { email, password: 'Wrong-Marble-12-Tuba' })],
    ])('is not revealed by %s', async (_, cause) => {
      await compare(cause, observers, async (exists) =>
        exists ? (await t.given.verifiedTenant()).email : uniqueEmail(),
      );
    });
  });

  describe('of a phone number', () => {
    let block = 700_000;
    /** In a number block of its own. */
    const newPhone = () => `+91${++block}4321`;
    const observers: Record<string, Observer> = {
      'an invitation': (phone, by) => Promise.resolve(() => invite(by, { phone })),
      'a list of invitations': (phone, by) => Promise.resolve(() => inviteAll(by, { phone })),
      'an invitation that is sent again': (phone, by) => inviteAgain(by, { phone }),
      'invitations of its block': (phone, by) => {
        let neighbour = Number(phone.slice(-4));
        return Promise.resolve(() => {
          neighbour = (neighbour + 1) % 10_000;
          return invite(by, { phone: `${phone.slice(0, -4)}${String(neighbour).padStart(4, '0')}` });
        });
      },
    };

    it.each<[string, Cause]>([
      ['a code to recover', (phone) => t.post('/auth/forgot-password', { phone })],
      ['a code to sign in', (phone) => phones.request(phone)],
      ['a code at another contract', (phone) => t.post('/api/v1/auth/otp/request', { phone })],
      ['an invitation', async (phone) => invite(await spy(8), { phone })],
    ])('is not revealed by %s', async (_, cause) => {
      await compare(cause, observers, async (exists) =>
        exists ? (await phones.account(newPhone())).phone : newPhone(),
      );
    });
  });
});
