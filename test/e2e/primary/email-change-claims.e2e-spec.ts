import { EmailChanges } from '../../support/email-changes.js';
import { type Account, NEW_PASSWORD } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/** If two people change the address of one account in turn, the account belongs to the one whose address came first. */
describe('who may take a change of the e-mail address back', () => {
  const t = useSharedApp();
  const changes = new EmailChanges(t);
  const phones = new Phones(t);

  /**
   * From the owner's address to a second and a third one, with the links that each change sent to the address before
   * it.
   */
  const moveTwice = async (owner: Account) => {
    const second = await changes.make(owner);
    const third = await changes.make(owner);
    return { second, third, older: await changes.links(owner.email), younger: await changes.links(second) };
  };
  const addressOf = async ({ user }: Account) => {
    const [row] = await t.database.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [
      user.id,
    ]);
    return row?.email;
  };
  const expectVoid = async (tokens: string[]) => {
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) expect(await changes.revert(token)).toBeProblem('email_revert_token_invalid');
  };
  const withPhone = async (owner: Account): Promise<string> => {
    const phone = uniquePhone();
    await t.database.query(
      `UPDATE users SET phone = $2, phone_verified_at = email_verified_at - interval '1 day' WHERE id = $1`,
      [owner.user.id, phone],
    );
    return phone;
  };
  const recoverByPhone = async (phone: string) => {
    await t.post('/auth/forgot-password', { phone });
    const body = { phone, code: await phones.code(phone), newPassword: NEW_PASSWORD };
    expect((await t.post('/auth/reset-password', body)).status).toBe(200);
  };

  it('a second change leaves the links of the first valid', async () => {
    const owner = await t.given.verifiedTenant();
    const { older } = await moveTwice(owner);
    expect(older).toHaveLength(2);
    expect((await changes.revert(older.at(-1) ?? '')).status).toBe(200);
    expect(await addressOf(owner)).toBe(owner.email);
  });

  it('the older address revokes the links of the younger', async () => {
    const owner = await t.given.verifiedTenant();
    const { older, younger } = await moveTwice(owner);
    expect((await changes.revert(older[0] ?? '')).status).toBe(200);
    await expectVoid([...older, ...younger]);
    expect(await addressOf(owner)).toBe(owner.email);
  });

  it('the younger address revokes none of the older', async () => {
    const owner = await t.given.verifiedTenant();
    const { second, older, younger } = await moveTwice(owner);
    expect((await changes.revert(younger[0] ?? '')).status).toBe(200);
    expect(await addressOf(owner)).toBe(second);
    expect((await changes.revert(older[0] ?? '')).status).toBe(200);
    expect(await addressOf(owner)).toBe(owner.email);
  });

  it('the younger address undoes nothing that the owner does after taking the account back', async () => {
    const owner = await t.given.verifiedTenant();
    const { older, younger } = await moveTwice(owner);
    await changes.revert(older[0] ?? '');
    await changes.setPassword(owner.email);
    const again = await t.given.login({ ...owner, password: NEW_PASSWORD });
    const rightful = await changes.make(again);
    await expectVoid([...older, ...younger]);
    expect(await addressOf(owner)).toBe(rightful);
  });

  it('an address that came back keeps the age it had before', async () => {
    const owner = await t.given.verifiedTenant();
    const second = await changes.make(owner);
    await changes.make(owner, owner.email);
    const younger = await changes.links(second);

    const token = await t.given.resetToken(owner);
    expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);

    await expectVoid(younger);
    expect(await addressOf(owner)).toBe(owner.email);
  });

  describe('after a recovery by a phone that was verified before all of them', () => {
    it('the older address still may, and the younger one may not', async () => {
      const owner = await t.given.verifiedTenant();
      const phone = await withPhone(owner);
      const { older, younger } = await moveTwice(owner);
      await recoverByPhone(phone);
      await expectVoid(younger);
      expect((await changes.revert(older[0] ?? '')).status).toBe(200);
      expect(await addressOf(owner)).toBe(owner.email);
    });

    it('an address that the account had then takes back no later change', async () => {
      const owner = await t.given.verifiedTenant();
      const phone = await withPhone(owner);
      const second = await changes.make(owner);
      await recoverByPhone(phone);
      const { body } = await t.post('/auth/login', { phone, password: NEW_PASSWORD });
      const again = { client: t.client(body.accessToken), password: NEW_PASSWORD };
      const before = (await t.inbox.messages(second, 'notice')).length;
      const rightful = await changes.make(again);
      expect((await t.inbox.messages(second, 'notice')).length).toBeGreaterThan(before);
      expect(await changes.links(second)).toEqual([]);
      expect(await addressOf(owner)).toBe(rightful);
    });
  });
});
