import { bytesOf } from '../../support/api-keys.js';
import { countBy } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { at as datixlab } from '../../support/datixlab.js';
import { NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { at as katixo } from '../../support/katixo.js';
import { otherCode, Phones } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';

type Answered = Promise<Reply<object>>;

/** A field of a contract that takes a code. */
interface Field {
  name: string;
  /** A person who can be sent a code, and whose account the guesses are for. */
  identifier: () => Promise<string>;
  /** The owner requests a code, and reads it. */
  newCode: (identifier: string) => Promise<string>;
  guess: (identifier: string, code: string, from?: Client) => Answered;
}

const statuses = (replies: Reply<object>[]) => countBy(replies, ({ status }) => status);

describe('guesses at codes', () => {
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
  const phones = new Phones(t);
  const twoFactor = new TwoFactor(t);

  /** Without a client, from an address of its own. */
  const post = (path: string, body: object, from: Client = t.client()): Answered =>
    from.post<object>(path, body);
  const account = async () => (await phones.account()).phone;
  const recoveryCode = async (phone: string) => {
    await post('/auth/forgot-password', { phone });
    return phones.code(phone);
  };
  const FIELDS: Field[] = [
    {
      name: 'a code to sign in by phone',
      identifier: account,
      newCode: (phone) => phones.newCode(phone),
      guess: (phone, code, from) => post('/auth/otp/verify', { phone, code }, from),
    },
    {
      name: 'a code to sign in by e-mail',
      identifier: async () => (await t.given.verifiedTenant()).email,
      newCode: async (email) => {
        await post('/auth/otp/request', { email });
        return phones.code(email);
      },
      guess: (email, code, from) => post('/auth/otp/verify', { email, code }, from),
    },
    {
      name: 'a code to recover',
      identifier: account,
      newCode: recoveryCode,
      guess: (phone, code, from) =>
        post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD }, from),
    },
    {
      name: 'a code to sign in by phone at katixo',
      identifier: account,
      newCode: (phone) => phones.newCode(phone),
      guess: (phone, otp, from) => post(katixo('/auth/otp/verify'), { phone, otp }, from),
    },
    {
      name: 'a code to recover at katixo',
      identifier: account,
      newCode: recoveryCode,
      guess: (phone, otp, from) =>
        post(katixo('/auth/reset-password'), { phone, otp, newPassword: NEW_PASSWORD }, from),
    },
  ];
  const [signIn, , recovery] = FIELDS as [Field, Field, Field];
  const guessOften = async (
    { guess }: Field,
    identifier: string,
    times: number,
    { code = '123456', from }: { code?: string; from?: Client } = {},
  ) => {
    const replies: Reply<object>[] = [];
    for (let step = 1; step <= times; step += 1)
      replies.push(await guess(identifier, otherCode(code, step), from));
    return replies;
  };
  const login = (phone: string, password: string) => post('/auth/login', { phone, password });

  describe.each(FIELDS)('at $name', (field) => {
    it('without an open code do not block a person’s right code, from sixty addresses', async () => {
      const identifier = await field.identifier();
      expect(statuses(await guessOften(field, identifier, 60))).toEqual({ 400: 60 });
      const code = await field.newCode(identifier);
      expect((await field.guess(identifier, code)).status).toBe(200);
    });

    it('get the same responses, however many, with or without an open code', async () => {
      const [waiting, idle] = [await field.identifier(), await field.identifier()];
      const code = await field.newCode(waiting);
      const atOpen = await guessOften(field, waiting, 30, { code });
      const atNone = await guessOften(field, idle, 30, { code });
      expect(atNone.map(bytesOf)).toEqual(atOpen.map(bytesOf));
    });

    it('from one address are limited without an open code, too', async () => {
      const replies = await guessOften(field, await field.identifier(), 25, { from: t.client() });
      expect(statuses(replies)).toEqual({ 400: 20, 429: 5 });
    });
  });

  it('to sign in do not block recovery or the password', async () => {
    const phone = await account();
    for (let round = 0; round < 3; round += 1)
      await guessOften(signIn, phone, 5, { code: await phones.newCode(phone) });
    expect((await signIn.guess(phone, await phones.newCode(phone))).status).toBe(429);
    expect((await login(phone, PASSWORD)).status).toBe(200);
    expect((await recovery.guess(phone, await recoveryCode(phone))).status).toBe(200);
  });

  it('to recover do not block sign-in by code or password', async () => {
    const phone = await account();
    for (let round = 0; round < 10; round += 1)
      await guessOften(recovery, phone, 5, { code: await recoveryCode(phone) });
    expect((await recovery.guess(phone, await recoveryCode(phone))).status).toBe(429);
    expect((await login(phone, PASSWORD)).status).toBe(200);
    expect((await signIn.guess(phone, await phones.newCode(phone))).status).toBe(200);
  });

  it('do not count as guesses at a password, nor the other way round', async () => {
    const phone = await account();
    for (let index = 0; index < 8; index += 1) await login(phone, NEW_PASSWORD);
    expect((await login(phone, PASSWORD)).status).toBe(429);
    expect((await signIn.guess(phone, await phones.newCode(phone))).status).toBe(200);
    expect((await recovery.guess(phone, await recoveryCode(phone))).status).toBe(200);
  });

  it.each([
    ['primary', (body: object) => post('/auth/verify-2fa', body), 'tempToken'],
    ['katixo', (body: object) => post(katixo('/auth/verify-2fa'), body), 'tempToken'],
    ['datixlab', (body: object) => post(datixlab('/verify-2fa'), body), 'temp_token'],
  ])('with made-up temp tokens do not block a person’s right code, at %s', async (_, verify, field) => {
    const owner = await twoFactor.owner();
    for (let step = 0; step < 60; step += 1) {
      const madeUp = `temp_${Buffer.from(String(step).padStart(32, 'x')).toString('base64url')}`;
      const { status } = await verify({ [field]: madeUp, code: otherCode('123456', step) });
      expect(status).toBe(401);
    }
    const body = { [field]: await twoFactor.tempToken(owner), code: owner.authenticator.code() };
    expect((await verify(body)).status).toBe(200);
  });

  it('at a temp token without attempts left count for nobody', async () => {
    const owner: Protected = await twoFactor.owner();
    const tempToken = await twoFactor.tempToken(owner);
    const guess = (index: number) => twoFactor.verify(tempToken, owner.authenticator.wrongCode(index));
    await Promise.all(Array.from({ length: 60 }, (_, index) => guess(index)));
    expect((await twoFactor.signIn(owner)).status).toBe(200);
  });
});
