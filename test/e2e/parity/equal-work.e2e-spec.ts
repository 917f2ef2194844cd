import { AccountDeletions } from '../../support/account-deletions.js';
import { bytesOf } from '../../support/api-keys.js';
import type { Client, Reply } from '../../support/client.js';
import { at as datixlab } from '../../support/datixlab.js';
import { NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { at as katixo, Katixo } from '../../support/katixo.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { TwoFactor } from '../../support/two-factor.js';
import { type Work, WorkProbe } from '../../support/work.js';

const WRONG = 'Wrong-Guess-19-Harbor';

/** Makes an identifier of its kind. */
type Kinds = Record<string, () => Promise<string>>;

interface Request {
  method?: string;
  path: string;
  /** The request, once what precedes it is done. */
  body: (identifier: string) => object | Promise<object>;
  /** The number of passwords that are hashed; none by default. */
  hashes?: number;
  from?: () => Promise<Client>;
  /** The part of the responses that must be the same; by default all but the request id. */
  compared?: (reply: Reply<object>) => unknown;
}

const email = (value: string) => ({ email: value });
const phone = (value: string) => ({ phone: value });
const login = (path: string, of: (value: string) => object): Request => ({
  path,
  body: (value) => ({ ...of(value), password: WRONG }),
  hashes: 1,
});

/*
 * Whether or not an account has an identifier, a request about it causes the same work: the same statements in the
 * same order, and the same hashes with the same parameters. The responses are the same, too.
 */
describe('the work for an identifier', () => {
  // Transports that do not answer, so that messages are queued as in production
  const { t, probe } = WorkProbe.create({
    THROTTLE_ENABLED: null,
    EMAIL_CODE_SIGN_IN: 'true',
    SMTP_URL: 'smtp://127.0.0.1:9',
    SMS_URL: 'http://127.0.0.1:9/sms',
    SMS_WEBHOOK_SECRET: 'a-secret-of-at-least-32-characters',
  });
  const phones = new Phones(t);
  const k = new Katixo(t);
  const deletions = new AccountDeletions(t);

  const verified = async () => (await t.given.verifiedTenant()).email;
  const emails: Kinds = {
    unknown: async () => uniqueEmail(),
    verified,
    unverified: async () => (await t.given.tenant()).email,
    'claimed beside a verified number': async () => {
      const claimed = uniqueEmail();
      await phones.account(uniquePhone(), { email: claimed });
      return claimed;
    },
    'requested by a person who has another': async () => {
      const wanted = uniqueEmail();
      const owner = await t.given.verifiedTenant();
      const change = { email: wanted, currentPassword: PASSWORD };
      expect((await owner.client.patch('/auth/me', change)).status).toBe(200);
      return wanted;
    },
    'of an account with a second factor': async () => {
      const owner = await t.given.verifiedTenant();
      await new TwoFactor(t).enable(owner.client);
      return owner.email;
    },
    'of a deleted account': async () => {
      const owner = await t.given.verifiedTenant();
      await deletions.left(owner.client);
      return owner.email;
    },
  };
  const numbers: Kinds = {
    unknown: async () => uniquePhone(),
    verified: async () => (await phones.account()).phone,
    unverified: async () => (await k.unverified()).phone,
    'claimed beside a verified address': async () => {
      const claimed = uniquePhone();
      await phones.squatter(claimed, { email: 'verified' });
      return claimed;
    },
    'of an account with a second factor': async () => {
      const { phone: own, client } = await phones.account();
      await new TwoFactor(t).enable(client);
      return own;
    },
    'of a deleted account': async () => {
      const { phone: own, client } = await phones.account();
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      await deletions.left(client);
      return own;
    },
  };

  /** Each kind is created once; then each request runs for all kinds, one after the other. */
  const expectEqual = async (kinds: Kinds, ...requests: Request[]) => {
    const identifiers: [string, string][] = [];
    for (const [kind, make] of Object.entries(kinds)) identifiers.push([kind, await make()]);
    for (const { method = 'POST', path, body, hashes = 0, from, compared = bytesOf } of requests) {
      // Resets the sending limits
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      const seen: Record<string, { compared: unknown; work: Work }> = {};
      for (const [kind, identifier] of identifiers) {
        const sent = await body(identifier);
        const { reply, work } = await probe.send<object>(method, path, sent, await from?.());
        seen[kind] = { compared: compared(reply), work };
      }
      const { unknown } = seen;
      for (const [kind, one] of Object.entries(seen))
        expect({ path, kind, ...one }).toEqual({ path, kind, ...unknown });
      const work = unknown?.work ?? [];
      expect(work.filter((one) => one.startsWith('query ')).length).toBeGreaterThan(0);
      expect(work.filter((one) => one.startsWith('hash '))).toHaveLength(hashes);
    }
  };

  const guess = (of: (value: string) => object, field: 'code' | 'otp') => async (value: string) => ({
    ...of(value),
    [field]: await phones.wrongCode(value),
  });
  const asked = (of: (value: string) => object, field: 'code' | 'otp') => async (value: string) => {
    await t.post('/auth/otp/request', of(value));
    return guess(of, field)(value);
  };
  const reset = (field: 'code' | 'otp') => async (value: string) => ({
    ...(await guess(phone, field)(value)),
    newPassword: NEW_PASSWORD,
  });
  const forgotten = (field: 'code' | 'otp') => async (value: string) => {
    await t.post('/auth/forgot-password', { phone: value });
    return reset(field)(value);
  };

  it('is the same at a log-in, whether or not the address has an account', () =>
    expectEqual(
      emails,
      login('/auth/login', email),
      login(katixo('/auth/login'), email),
      login(datixlab('/login'), email),
    ));

  it('is the same at a log-in, whether or not the number has an account', () =>
    expectEqual(numbers, login('/auth/login', phone), login(katixo('/auth/login'), phone)));

  it('is the same at a log-in that is delayed', async () => {
    const slowed = (make: () => Promise<string>) => async () => {
      const identifier = await make();
      for (let index = 0; index < 5; index += 1)
        await t.post('/auth/login', { email: identifier, password: WRONG });
      await t.database.query(
        `UPDATE attempts SET blocked_until = now() + interval '1 hour' WHERE blocked_until IS NOT NULL`,
      );
      return identifier;
    };
    const kinds = Object.entries(emails).map(([kind, make]) => [kind, slowed(make)] as const);
    const compared = ({ status, headers }: Reply<object>) => [status, 'retry-after' in headers];
    const paths = ['/auth/login', katixo('/auth/login'), datixlab('/login')];
    const requests = paths.map((path) => ({ ...login(path, email), hashes: 0, compared }));
    await expectEqual(Object.fromEntries(kinds), ...requests);
  });

  it('is the same at a recovery, whether or not the address has an account', () =>
    expectEqual(emails, { path: '/auth/forgot-password', body: email }));

  it('is the same at a recovery, whether or not the number has an account', () =>
    expectEqual(
      numbers,
      { path: '/auth/forgot-password', body: phone },
      { path: katixo('/auth/forgot-password'), body: phone },
    ));

  it('is the same at a reset, whether or not the number has an account', () =>
    expectEqual(
      numbers,
      { path: '/auth/reset-password', body: reset('code') },
      { path: katixo('/auth/reset-password'), body: reset('otp') },
      { path: '/auth/reset-password', body: forgotten('code') },
      { path: katixo('/auth/reset-password'), body: forgotten('otp') },
    ));

  it('is the same with codes, whether or not the address has an account', () =>
    expectEqual(
      emails,
      { path: '/auth/otp/verify', body: guess(email, 'code') },
      { path: '/auth/otp/request', body: email },
      { path: '/auth/otp/verify', body: asked(email, 'code') },
    ));

  it('is the same with codes, whether or not the number has an account', () =>
    expectEqual(
      numbers,
      { path: '/auth/otp/verify', body: guess(phone, 'code') },
      { path: katixo('/auth/otp/verify'), body: guess(phone, 'otp') },
      { path: '/auth/otp/request', body: phone },
      { path: katixo('/auth/otp/request'), body: phone },
      { path: '/auth/otp/verify', body: asked(phone, 'code') },
      { path: katixo('/auth/otp/verify'), body: asked(phone, 'otp') },
    ));

  it('is the same for a tenant that is named, whether or not the person is a member', async () => {
    const owner = await t.given.verifiedTenant();
    const member = await t.given.member(owner);
    const kinds: Kinds = { ...emails, 'of a member': async () => member.email };
    const named = (value: string) => ({ email: value, tenantSlug: owner.tenant.slug });
    await expectEqual(kinds, login('/auth/login', named), { path: '/auth/forgot-password', body: named });
  });

  it('is the same for the address that a person invited by phone adds', async () => {
    const inviter = await k.owner();
    const body = async (value: string) => {
      const token = await k.invitation(inviter);
      return { token, password: PASSWORD, name: 'Priya Sharma', email: value };
    };
    const compared = (reply: Reply<object>) => reply.status;
    await expectEqual(emails, { path: katixo('/auth/invite/accept'), body, hashes: 1, compared });
  });

  it.each([
    ['primary', '/auth/me', { currentPassword: PASSWORD }, 1],
    ['datixlab', datixlab('/me'), {}, 0],
  ])(
    'is the same for the address that a person requests in place of theirs, at %s',
    async (_, path, confirmation, hashes) => {
      const from = async () => (await t.given.verifiedTenant()).client;
      const compared = (reply: Reply<object>) => [reply.status, Object.keys(reply.body)];
      const body = (value: string) => ({ email: value, ...confirmation });
      await expectEqual(emails, { method: 'PATCH', path, body, from, compared, hashes });
    },
  );
});
