import { burst, countBy } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { at, Datixlab } from '../../support/datixlab.js';
import { type Account, uniqueEmail } from '../../support/given.js';
import type { Server } from '../../support/server.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';

/** More than a person needs, and what one session could do in a second without limits. */
const MANY = 70;

describe('mail to addresses of a person’s choosing', () => {
  const beside = useWarmProcess();
  const t = useSharedApp({
    THROTTLE_ENABLED: null,
    EMAIL_CHANGE_TENANT_PER_DAY: '10',
    // Right passwords at two servers of many processors at once can add up to five
    LOGIN_FAILURES_BEFORE_DELAY: '100',
  });
  const d = new Datixlab(t);
  let second: Server;

  beforeAll(async () => {
    second = await beside.serveBeside(t.server, { THROTTLE_ENABLED: null });
  });

  /** The same session, at either server. */
  const either = (token: string) => {
    const there = t.client(token, second);
    const here = t.client(token);
    return (index: number): Client => (index % 2 === 0 ? here : there);
  };
  const strangers = () => Array.from({ length: MANY }, () => uniqueEmail('stranger'));
  const reached = async (list: string[]) => {
    const inboxes = await Promise.all(list.map((to) => t.inbox.messages(to)));
    return inboxes.filter((messages) => messages.length > 0).length;
  };
  const requestEmail = (client: Client, email: string, { password }: Pick<Account, 'password'>) =>
    client.patch('/auth/me', { email, currentPassword: password });
  const statuses = (replies: Reply[]) => countBy(replies, ({ status }) => status);

  describe('by requesting them as new addresses', () => {
    it('is limited to three an hour from one session, over two servers at once', async () => {
      const owner = await t.given.verifiedTenant();
      const client = either(owner.accessToken);
      const list = strangers();
      const replies = await burst(MANY, (index) => requestEmail(client(index), list[index] ?? '', owner));
      expect(statuses(replies)).toEqual({ 200: 3, 429: MANY - 3 });
      expect(replies.find(({ status }) => status === 429)).toBeProblem('message_limit_exceeded');
      expect(await reached(list)).toBe(3);

      await t.database.pass(3_601);
      expect((await requestEmail(owner.client, uniqueEmail(), owner)).status).toBe(200);
    });

    it('is limited to six a day from all sessions of one account', async () => {
      const owner = await t.given.verifiedTenant();
      const sessions = await burst(10, () => t.given.login(owner));
      const list = strangers();
      const replies = await burst(MANY, (index) =>
        requestEmail((sessions[index % 10] as Account).client, list[index] ?? '', owner),
      );
      expect(statuses(replies)).toEqual({ 200: 6, 429: MANY - 6 });
      expect(await reached(list)).toBe(6);

      await t.database.pass(3_601);
      expect((await requestEmail((await t.given.login(owner)).client, uniqueEmail(), owner)).status).toBe(
        429,
      );
    });

    it('is limited for each day from all accounts of one tenant, over two servers at once', async () => {
      const owner = await t.given.verifiedTenant();
      const members: Account[] = [owner];
      for (let count = 0; count < 9; count += 1) members.push(await t.given.member(owner));
      const list = strangers();
      const replies = await burst(MANY, (index) => {
        const member = members[index % 10] as Account;
        const client = t.client(member.accessToken, index % 20 < 10 ? t.server : second);
        return requestEmail(client, list[index] ?? '', member);
      });
      expect(statuses(replies)).toEqual({ 200: 10, 429: MANY - 10 });
      expect(await reached(list)).toBe(10);

      const other = await t.given.verifiedTenant();
      expect((await requestEmail(other.client, uniqueEmail(), other)).status).toBe(200);
    });

    it('includes links that are sent again, and what another contract sent', async () => {
      const { email, password } = await d.owner();
      const login = await t.post('/auth/login', { email, password });
      const client = t.client(login.body.accessToken);
      const list = strangers().slice(0, 3);
      const here = () => client.patch(at('/me'), { email: list[0], current_password: password });
      expect((await here()).status).toBe(200);
      expect((await requestEmail(client, list[1] ?? '', { password })).status).toBe(200);
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      expect((await client.post('/auth/verify-email/resend')).status).toBe(200);
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      expect((await client.post('/auth/verify-email/resend')).status).toBe(429);
      expect((await here()).status).toBe(429);
      expect((await requestEmail(client, list[2] ?? '', { password })).status).toBe(429);
    });

    it('is limited to one in an interval and five an hour to one recipient, from all accounts', async () => {
      const accounts = await burst(8, () => t.given.tenant());
      const email = uniqueEmail('stranger');
      const replies = await Promise.all(
        accounts.map((account) => requestEmail(account.client, email, account)),
      );
      expect(statuses(replies)).toEqual({ 200: 1, 429: 7 });
      for (const account of accounts.slice(0, 5)) {
        await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
        await requestEmail(account.client, email, account);
      }
      expect(await t.inbox.messages(email)).toHaveLength(5);
      for (const account of accounts.slice(5))
        expect((await requestEmail(account.client, email, account)).status).toBe(429);
    });

    it('does not limit changes of names', async () => {
      const owner = await t.given.verifiedTenant();
      for (const email of strangers().slice(0, 4)) await requestEmail(owner.client, email, owner);
      expect((await owner.client.patch('/auth/me', { firstName: 'Ada' })).status).toBe(200);
    });
  });

  describe('by inviting them', () => {
    const bulk = (by: Client, list: string[]) =>
      by.post('/auth/invite/bulk', {
        invitations: list.map((email) => ({ email, role: 'user' })),
      });
    const outcomes = (replies: Reply[]) =>
      countBy(
        replies.flatMap(({ body }) => body.results),
        ({ status, error }) => error?.code ?? status,
      );

    it('is limited to forty an hour from one session', async () => {
      const owner = await t.given.verifiedTenant();
      const list = strangers();
      const client = either(owner.accessToken);
      const replies = await burst(2, (index) => bulk(client(index), list.slice(index * 35, index * 35 + 35)));
      expect(outcomes(replies)).toEqual({ invited: 40, message_limit_exceeded: 30 });
      expect(await reached(list)).toBe(40);
      expect((await owner.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' })).status).toBe(
        429,
      );
    });

    it('is limited to fifty an hour from all sessions of one account', async () => {
      const owner = await t.given.verifiedTenant();
      const sessions = await burst(5, () => t.given.login(owner));
      const list = strangers();
      const replies = await Promise.all(
        sessions.map(({ client }, index) => bulk(client, list.slice(index * 14, index * 14 + 14))),
      );
      expect(outcomes(replies)).toEqual({ invited: 50, message_limit_exceeded: 20 });
      expect(await reached(list)).toBe(50);
    });

    it('is limited to sixty an hour from all accounts of one tenant', async () => {
      const owner = await t.given.verifiedTenant();
      const members: Account[] = [owner];
      for (let count = 0; count < 4; count += 1) members.push(await t.given.member(owner, 'manager'));
      await t.database.pass(3_601);
      const list = strangers();
      const replies = await Promise.all(
        members.map(({ accessToken }, index) =>
          bulk(
            t.client(accessToken, index % 2 === 0 ? t.server : second),
            list.slice(index * 14, index * 14 + 14),
          ),
        ),
      );
      expect(outcomes(replies)).toEqual({ invited: 60, message_limit_exceeded: 10 });
      expect(await reached(list)).toBe(60);
    });
  });
});
