import { burst, countBy } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { SLOW_DOWN_FIRST_WAIT_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

const WRONG = 'Wrong-Guess-19-Harbor';
const statuses = (replies: Reply[]) => replies.map((reply) => reply.status);

describe('wrong passwords for one account', () => {
  const t = useSharedApp();
  const login = (account: Pick<Account, 'email' | 'tenant'>, password: string, from: Client = t.client()) =>
    from.post('/auth/login', { tenantSlug: account.tenant.slug, email: account.email, password });
  const guess = async (account: Pick<Account, 'email' | 'tenant'>, times: number): Promise<Reply[]> => {
    const replies: Reply[] = [];
    for (let index = 0; index < times; index += 1) replies.push(await login(account, WRONG));
    return replies;
  };
  /** The newest wait, in seconds: its whole length, and the rest of it. */
  const wait = async () => {
    const [newest] = await t.database.query<{ length: number; left: number }>(
      `SELECT extract(epoch FROM blocked_until - updated_at)::float8 AS length,
         ceil(extract(epoch FROM blocked_until - now()))::int AS left
       FROM attempts WHERE blocked_until IS NOT NULL ORDER BY updated_at DESC LIMIT 1`,
    );
    return newest ?? { length: NaN, left: NaN };
  };

  it('delay it from the fifth on, from whatever addresses they come', async () => {
    const owner = await t.given.tenant();

    const replies = await guess(owner, 40);

    expect(statuses(replies.slice(0, 5))).toEqual([401, 401, 401, 401, 401]);
    expect(countBy(replies.slice(5), (reply) => reply.status)).toEqual({ 429: 35 });
    expect(await login(owner, owner.password)).toBeProblem('too_many_attempts');
  });

  it('delay an address without an account in the same way', async () => {
    const { tenant } = await t.given.tenant();
    const known = await t.given.tenant();
    const slowed = async (account: Pick<Account, 'email' | 'tenant'>) => {
      const replies = await guess(account, 6);
      const { length, left } = await wait();
      const last = await login(account, WRONG);
      const retryAfter = Number(last.headers['retry-after']);
      expect(retryAfter).toBeLessThanOrEqual(left);
      expect(retryAfter).toBeGreaterThanOrEqual((await wait()).left);
      return { statuses: statuses([...replies, last]), length, body: { ...last.body, instance: '' } };
    };
    expect(await slowed({ email: uniqueEmail(), tenant })).toEqual(await slowed(known));
  });

  it('are counted together in whatever notation address and tenant are written', async () => {
    const owner = await t.given.tenant();
    const variants = [owner.email, owner.email.toUpperCase(), ` ${owner.email}`, `${owner.email} `];
    const replies: Reply[] = [];
    for (let index = 0; index < 8; index += 1) {
      const body = { email: variants[index % 4], password: WRONG };
      replies.push(
        await t.post('/auth/login', index % 2 ? body : { ...body, tenantSlug: owner.tenant.slug }),
      );
    }
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 5, 429: 3 });
  });

  it('are compared no more than five times in a parallel burst', async () => {
    const owner = await t.given.tenant();
    const replies = await burst(20, () => login(owner, WRONG));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 5, 429: 15 });
  });

  it('do not block the right one once the wait is over, and lengthen the next wait', async () => {
    const owner = await t.given.tenant();
    await guess(owner, 5);
    const { length: first } = await wait();

    await t.database.pass(SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    expect((await login(owner, WRONG)).status).toBe(401);
    expect([first, (await wait()).length]).toEqual([
      SLOW_DOWN_FIRST_WAIT_SECONDS,
      2 * SLOW_DOWN_FIRST_WAIT_SECONDS,
    ]);
    await t.database.pass(1);
    expect(await login(owner, owner.password)).toBeProblem('too_many_attempts');
    await t.database.pass(2 * SLOW_DOWN_FIRST_WAIT_SECONDS);
    expect((await login(owner, owner.password)).status).toBe(200);
  });

  it('are reset by a right one', async () => {
    const owner = await t.given.tenant();
    await guess(owner, 4);
    expect((await login(owner, owner.password)).status).toBe(200);
    expect(statuses(await guess(owner, 4))).toEqual([401, 401, 401, 401]);
    expect((await login(owner, owner.password)).status).toBe(200);
  });

  it('are reset after a quarter of an hour', async () => {
    const owner = await t.given.tenant();
    await guess(owner, 4);
    await t.database.pass(901);
    expect(statuses(await guess(owner, 4))).toEqual([401, 401, 401, 401]);
  });

  it('do not affect open sessions', async () => {
    const owner = await t.given.tenant();
    await guess(owner, 8);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await owner.client.post('/auth/refresh', { refreshToken: owner.refreshToken })).status).toBe(200);
  });

  it('do not block recovery, nor an account that was recovered', async () => {
    const owner = await t.given.tenant();
    await guess(owner, 8);
    const token = await t.given.resetToken(owner);
    expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect((await login(owner, NEW_PASSWORD)).status).toBe(200);
  });

  it('are counted together with wrong current passwords', async () => {
    const owner = await t.given.tenant();
    const change = () =>
      owner.client.post('/auth/change-password', { currentPassword: WRONG, newPassword: NEW_PASSWORD });
    for (let index = 0; index < 5; index += 1)
      expect(await change()).toBeProblem('current_password_incorrect');
    expect(await change()).toBeProblem('too_many_attempts');
    expect(await login(owner, owner.password)).toBeProblem('too_many_attempts');
    expect((await owner.client.get('/auth/me')).status).toBe(200);
  });
});

describe('wrong passwords from one address', () => {
  const t = useSharedApp();
  const guessAs = (client: Client, headers: Record<string, string> = {}) =>
    client.post('/auth/login', { email: uniqueEmail(), password: WRONG }, { headers });
  const guesses = async (
    client: Client,
    times: number,
    headers: (index: number) => Record<string, string>,
  ) => {
    const replies: Reply[] = [];
    for (let index = 0; index < times; index += 1) replies.push(await guessAs(client, headers(index)));
    return replies;
  };

  it('are limited to twenty, over all accounts', async () => {
    const client = t.client();
    const replies = await guesses(client, 40, () => ({}));
    expect(countBy(replies.slice(0, 20), (reply) => reply.status)).toEqual({ 401: 20 });
    expect(countBy(replies.slice(20), (reply) => reply.status)).toEqual({ 429: 20 });
    expect(replies[20]).toBeProblem('too_many_attempts');
    expect((await guessAs(t.client())).status).toBe(401);
  });

  it('are limited to twenty in a parallel burst', async () => {
    const client = t.client();
    const replies = await burst(40, () => guessAs(client));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 20, 429: 20 });
  });

  it('do not count against accounts once the address is limited', async () => {
    const owner = await t.given.tenant();
    const client = t.client();
    await burst(25, () => guessAs(client));
    await burst(10, () => client.post('/auth/login', { email: owner.email, password: WRONG }));
    expect((await t.given.login(owner)).user.id).toBe(owner.user.id);
  });

  it('are counted from zero again after ten minutes', async () => {
    const client = t.client();
    await burst(21, () => guessAs(client));
    await t.database.pass(601);
    expect((await guessAs(client)).status).toBe(401);
  });

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP'])(
    'are counted together whatever %s says',
    async (name) => {
      const value = (index: number) =>
        name === 'Forwarded' ? `for=203.0.113.${index}` : `203.0.113.${index}`;
      const replies = await guesses(t.client(), 25, (index) => ({ [name]: value(index) }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 20, 429: 5 });
    },
  );

  it('do not block the right password of a person who has not guessed', async () => {
    const owner = await t.given.tenant();
    const client = t.client();
    for (let index = 0; index < 30; index += 1) {
      const body = { tenantSlug: owner.tenant.slug, email: owner.email, password: PASSWORD };
      expect((await client.post('/auth/login', body)).status).toBe(200);
    }
  });
});

describe('behind a trusted proxy', () => {
  const t = useSharedApp({ TRUST_PROXY: '127.0.0.0/8' });
  const guessWith = (client: Client, forwarded: string) =>
    client.post(
      '/auth/login',
      { email: uniqueEmail(), password: WRONG },
      { headers: { 'X-Forwarded-For': forwarded } },
    );

  it('the address is the last one that no trusted proxy added', async () => {
    const client = t.client();
    const replies: Reply[] = [];
    for (let index = 0; index < 25; index += 1)
      replies.push(await guessWith(client, `198.51.100.${index}, 203.0.113.9`));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 20, 429: 5 });
    expect((await guessWith(client, '203.0.113.10')).status).toBe(401);
  });

  it('a whole /64 of IPv6 counts as one address, and a mapped IPv4 address as that address', async () => {
    const client = t.client();
    for (let index = 0; index < 20; index += 1)
      await guessWith(client, `2001:db8:7:7::${(index + 1).toString(16)}`);
    expect((await guessWith(client, '2001:db8:7:7:ffff::1')).status).toBe(429);
    expect((await guessWith(client, '2001:db8:7:8::1')).status).toBe(401);

    for (let index = 0; index < 20; index += 1) await guessWith(client, '198.51.100.77');
    expect((await guessWith(client, '::ffff:198.51.100.77')).status).toBe(429);
  });
});
