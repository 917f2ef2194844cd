import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import type { Message } from '../../support/inbox.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { SLOW_DOWN_FIRST_WAIT_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';

const WRONG = 'Wrong-Guess-19-Harbor';

/** The notices that a person gets about wrong guesses at their own credentials. */
describe('the notice of wrong passwords in a session', () => {
  const t = useSharedApp();
  const noticesTo = async (email: string): Promise<Message[]> =>
    (await t.inbox.messages(email, 'notice')).filter(({ subject }) => subject.startsWith('Wrong passwords'));
  const change = (owner: Account, currentPassword = WRONG) =>
    owner.client.post('/auth/change-password', { currentPassword, newPassword: NEW_PASSWORD });
  /** So many wrong ones, after whatever waits; fewer than may be sent to the address. */
  const fail = async (owner: Account, times: number) => {
    for (let index = 0; index < times; index += 1) {
      const { status, headers } = await change({ ...owner, client: t.client(owner.accessToken) });
      if (status === 429) {
        await t.database.pass(Number(headers['retry-after']) + 1);
        index -= 1;
      }
    }
  };

  it('is sent after the tenth in a row, and once', async () => {
    const owner = await t.given.verifiedTenant();
    await fail(owner, 9);
    expect(await noticesTo(owner.email)).toHaveLength(0);
    await fail(owner, 1);
    const [notice, ...more] = await noticesTo(owner.email);
    expect(more).toEqual([]);
    expect(notice?.text).not.toContain(WRONG);
    await fail(owner, 2);
    expect(await noticesTo(owner.email)).toHaveLength(1);
  });

  it('is not sent where a right one was between them', async () => {
    const owner = await t.given.verifiedTenant();
    const confirm = () => owner.client.patch('/auth/me', { email: uniqueEmail(), currentPassword: PASSWORD });
    for (let round = 0; round < 3; round += 1) {
      await fail(owner, 4);
      expect((await confirm()).status).toBe(200);
    }
    expect(await noticesTo(owner.email)).toHaveLength(0);
  });

  it('is not sent for wrong passwords at the log-in', async () => {
    const owner = await t.given.verifiedTenant();
    for (let index = 0; index < 12; index += 1) {
      const { status, headers } = await t.post('/auth/login', { email: owner.email, password: WRONG });
      if (status === 429) await t.database.pass(Number(headers['retry-after']) + 1);
    }
    expect(await noticesTo(owner.email)).toHaveLength(0);
  });
});

describe('the notice of wrong codes of a second factor', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const noticesTo = async (email: string): Promise<Message[]> =>
    (await t.inbox.messages(email, 'notice')).filter(({ subject }) => subject.startsWith('Wrong codes'));
  const guess = async (owner: Protected, times: number) => {
    const tempToken = await twoFactor.tempToken(owner);
    for (let index = 0; index < times; index += 1)
      expect((await twoFactor.verify(tempToken, owner.authenticator.wrongCode(index))).status).toBe(401);
  };

  it('is sent after the tenth over all temp tokens, and once', async () => {
    const owner = await twoFactor.owner();
    await guess(owner, 5);
    await guess(owner, 4);
    expect(await noticesTo(owner.email)).toHaveLength(0);
    await guess(owner, 1);
    expect(await noticesTo(owner.email)).toHaveLength(1);
    await t.database.pass(SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    await guess(owner, 1);
    expect(await noticesTo(owner.email)).toHaveLength(1);
  });

  it('is sent for backup codes, too, and contains none of them', async () => {
    const owner = await twoFactor.owner();
    for (let round = 0; round < 2; round += 1) {
      const tempToken = await twoFactor.tempToken(owner);
      const wrong = ['00000000', '11111111'].find((code) => !owner.backupCodes.includes(code)) ?? '';
      for (let index = 0; index < 5; index += 1) await twoFactor.verify(tempToken, wrong);
    }
    const [notice] = await noticesTo(owner.email);
    expect(notice?.text).toBeDefined();
    expect(notice?.text).not.toMatch(/\d{8}/);
  });

  it('is sent for a burst at two temp tokens, and once', async () => {
    const owner = await twoFactor.owner();
    const tokens = [await twoFactor.tempToken(owner), await twoFactor.tempToken(owner)];
    const send = (index: number) =>
      twoFactor.verify(tokens[index % 2] ?? '', owner.authenticator.wrongCode(index));
    await Promise.all(Array.from({ length: 40 }, (_, index) => send(index)));
    expect(await noticesTo(owner.email)).toHaveLength(1);
  });

  it('is not sent where a right one was between them', async () => {
    const owner = await twoFactor.owner();
    await guess(owner, 5);
    expect((await twoFactor.signIn(owner)).status).toBe(200);
    await guess(owner, 5);
    expect(await noticesTo(owner.email)).toHaveLength(0);
  });

  it('is not sent to a person without an e-mail address', async () => {
    const { phone, client } = await new Phones(t).account(uniquePhone());
    const { authenticator } = await twoFactor.enable(client);
    for (let round = 0; round < 2; round += 1) {
      const { tempToken } = (await t.post('/auth/login', { phone, password: PASSWORD })).body;
      for (let index = 0; index < 5; index += 1)
        expect((await twoFactor.verify(tempToken, authenticator.wrongCode(index))).status).toBe(401);
    }
  });
});
