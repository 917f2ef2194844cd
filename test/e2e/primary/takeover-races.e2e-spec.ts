import { AccountDeletions } from '../../support/account-deletions.js';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { untilWaitedFor } from '../../support/locks.js';
import { Phones } from '../../support/phone.js';
import {
  type Claimed,
  newClaim,
  Squatters,
  WAYS_TO_VERIFY,
  type WayToVerify,
} from '../../support/squatter.js';
import { useSharedApp } from '../../support/test-app.js';

const NAMES = { firstName: 'Vera', lastName: 'Victim' };
const AT_ONCE = 20;

describe('an identifier that is verified several times at once', () => {
  // No slow-down: the passwords of six acceptances at once may be guesses at one account
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true', LOGIN_FAILURES_BEFORE_DELAY: '100' });
  const squatters = new Squatters(t);
  const phones = new Phones(t);
  const deletions = new AccountDeletions(t);

  const expectNoFailure = (replies: Reply<unknown>[]) =>
    expect(replies.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
  type Spend = () => Promise<Reply<unknown>>;
  const nth = (spends: Spend[], index: number): Spend => spends[index % spends.length] as Spend;
  const prepareAll = async (ways: WayToVerify[], claimed: Claimed): Promise<Spend[]> => {
    const spends: Spend[] = [];
    for (const way of ways) spends.push(await way.prepare(t, claimed));
    return spends;
  };
  const holdersOf = async (column: 'email' | 'phone', value: string) =>
    t.database.query<{ id: string; verified: boolean; passwords: number }>(
      `SELECT id, ${column}_verified_at IS NOT NULL AS verified,
         (SELECT count(*)::int FROM password_credentials WHERE user_id = users.id) AS passwords
       FROM users WHERE ${column} = $1`,
      [value],
    );

  it.each(WAYS_TO_VERIFY)(`${AT_ONCE} times by $name, has one owner`, async (way) => {
    const claimed = newClaim(way.kind);
    const squatter = await squatters.account(claimed);
    const spend = await way.prepare(t, claimed);
    const replies = await burst(AT_ONCE, spend);
    expectNoFailure(replies);
    expect(countBy(replies, ({ status }) => status)[way.status]).toBe(1);
    const holders = await holdersOf(way.kind, claimed.value);
    expect(holders).toEqual([{ id: squatter.user.id, verified: true, passwords: way.password ? 1 : 0 }]);
  });

  it.each(['email', 'phone'] as const)('by every way to verify the %s, has one owner', async (kind) => {
    const ways = WAYS_TO_VERIFY.filter((way) => way.kind === kind);
    const claimed = newClaim(kind);
    const squatter = await squatters.account(claimed);
    const spends = await prepareAll(ways, claimed);
    const replies = await burst(AT_ONCE, (index) => nth(spends, index)());
    expectNoFailure(replies);
    expect(replies.some(({ status }) => status < 300)).toBe(true);
    expect(await holdersOf(kind, claimed.value)).toEqual([
      { id: squatter.user.id, verified: true, passwords: expect.any(Number) },
    ]);
    expect(await squatter.client.get('/auth/me')).toBeProblem('access_token_invalid');
    const login = { [kind]: claimed.value, password: squatter.password };
    expect([401, 429]).toContain((await t.post('/auth/login', login)).status);
  });

  it('by invitations of many organisations, belongs to one person, with one password', async () => {
    const claimed = newClaim('email');
    const squatter = await squatters.account(claimed);
    const hosts = await Promise.all(Array.from({ length: 6 }, () => t.given.tenant()));
    const tokens: string[] = [];
    for (const host of hosts) tokens.push((await t.given.invitation(host, { email: claimed.value })).token);
    const passwords = tokens.map((_, index) => `${NEW_PASSWORD}-${index}`);
    const replies = await burst(tokens.length, (index) =>
      t.post('/auth/invite/accept', { token: tokens[index], password: passwords[index], ...NAMES }),
    );
    expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 401: tokens.length - 1 });
    const winner = passwords[replies.findIndex(({ status }) => status === 201)];
    const login = await t.post('/auth/login', { email: claimed.value, password: winner });
    expect([login.status, login.body.user.id]).toEqual([200, squatter.user.id]);
  });

  it('beside a verified one, by every way, has one new owner', async () => {
    const email = uniqueEmail('victim');
    const claimant = await phones.account(undefined, { email });
    const ways = WAYS_TO_VERIFY.filter(({ kind }) => kind === 'email');
    const spends = await prepareAll(ways, { kind: 'email', value: email });
    const replies = await burst(AT_ONCE, (index) => nth(spends, index)());
    expectNoFailure(replies);
    expect((await holdersOf('email', email)).map(({ id }) => id)).not.toContain(claimant.userId);
    expect((await claimant.client.get('/auth/me')).status).toBe(200);
  });

  it('by two who each claim what the other requests, causes no deadlock', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await t.given.unverifiedTenant(), await t.given.unverifiedTenant()];
      const links = await Promise.all(
        [
          [one, two.email],
          [two, one.email],
        ].map(async ([account, email]) => {
          const { client, password } = account as Account;
          await client.patch('/auth/me', { email, currentPassword: password });
          return t.inbox.token(email as string, 'verify-email');
        }),
      );
      const replies = await Promise.all(
        [one, two].map(({ client }, index) => client.post('/auth/verify-email', { token: links[index] })),
      );
      expectNoFailure(replies);
    }
  });

  it('while it is being registered, has one owner', async () => {
    for (let round = 0; round < 10; round += 1) {
      const owner = await t.given.verifiedTenant();
      const email = uniqueEmail();
      await owner.client.patch('/auth/me', { email, currentPassword: owner.password });
      const token = await t.inbox.token(email, 'verify-email');
      const replies = await Promise.all([
        owner.client.post('/auth/verify-email', { token }),
        t.post('/auth/register', t.given.registration({ email })),
      ]);
      expectNoFailure(replies);
      expect(await holdersOf('email', email)).toHaveLength(1);
    }
  });

  it('while a member whom the claimant invited verifies an address of the claimant’s, causes no deadlock', async () => {
    for (let round = 0; round < 10; round += 1) {
      const claimant = await t.given.unverifiedTenant();
      const member = await squatters.asIfVerified(claimant, () => t.given.member(claimant));
      await member.client.patch('/auth/me', { email: claimant.email, currentPassword: member.password });
      const link = await t.inbox.token(claimant.email, 'verify-email');
      await t.post('/auth/forgot-password', { email: claimant.email });
      const token = await t.inbox.token(claimant.email, 'password-reset');
      const replies = await Promise.all([
        t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }),
        member.client.post('/auth/verify-email', { token: link }),
      ]);
      expectNoFailure(replies);
      expect(await holdersOf('email', claimant.email)).toHaveLength(1);
    }
  });

  it('leaves no organisation without members while one person joins and its only member leaves', async () => {
    const owner = await t.given.tenant();
    const { token } = await t.given.invitation(owner, { email: uniqueEmail() });

    // Each runs as far as it can and no further: the person who leaves sees every person who joins
    await t.database.query('BEGIN');
    await t.database.query('LOCK TABLE sessions IN EXCLUSIVE MODE');
    const joining = t.post('/auth/invite/accept', { token, password: PASSWORD, ...NAMES });
    await untilWaitedFor(t.database, 1);
    const leaving = deletions.leave(owner.client);
    await untilWaitedFor(t.database, 2);
    await t.database.query('COMMIT');

    expect((await joining).status).toBe(201);
    expect(await leaving).toBeProblem('last_owner');
    expect((await owner.client.get('/auth/me')).body.role).toBe('admin');
  });
});
