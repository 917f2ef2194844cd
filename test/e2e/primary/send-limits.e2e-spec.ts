import { eventsOf } from '../../support/audit.js';
import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

describe('with limits enabled', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('registrations from one address are limited to twenty an hour, also in a parallel burst', async () => {
    const crowd = t.client();
    const replies = await burst(30, () => crowd.post('/auth/register', t.given.registration()));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 20, 429: 10 });
    expect(replies.find((reply) => reply.status === 429)).toBeProblem('rate_limit_exceeded');
    expect((await t.post('/auth/register', t.given.registration())).status).toBe(201);
  });

  it('registrations are limited whatever the headers say', async () => {
    const crowd = t.client();
    const replies = await burst(30, (index) =>
      crowd.post('/auth/register', t.given.registration(), {
        headers: { 'x-forwarded-for': `203.0.113.${index}` },
      }),
    );
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 20, 429: 10 });
  });

  describe('recovery mails to one person', () => {
    const ask = (account: Account, times: number) =>
      burst(times, () =>
        t.post('/auth/forgot-password', { email: account.email, tenantSlug: account.tenant.slug }),
      );
    const sent = (account: Account) => t.inbox.messages(account.email, 'password-reset');

    it('are recorded in the audit trail, those that are not sent as refused', async () => {
      const { user, ...owner } = await t.given.tenant();
      await ask({ user, ...owner }, 3);
      const rows = await t.database.query<{ outcome: string }>(
        `SELECT outcome FROM audit_events WHERE action = 'password.recovery_requested' AND target_id = $1`,
        [user.id],
      );
      expect(countBy(rows, ({ outcome }) => outcome)).toEqual({ success: 1, refused: 2 });
    });

    it('are sent once in an interval, and no response reveals it', async () => {
      const owner = await t.given.tenant();
      const replies = await ask(owner, 20);
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 20 });
      expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
      expect(await sent(owner)).toHaveLength(1);
      await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
      await ask(owner, 1);
      expect(await sent(owner)).toHaveLength(2);
    });

    it('are limited to five an hour, over all purposes', async () => {
      const owner = await t.given.tenant();
      for (let count = 0; count < 5; count += 1) {
        await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
        await ask(owner, 1);
      }
      await ask(owner, 2);
      expect(await t.inbox.messages(owner.email)).toHaveLength(5);
    });

    it('that are not sent do not revoke the one that was', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      await ask(owner, 3);
      expect((await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    });

    it('used up by others do not suppress a notice of a change', async () => {
      const owner = await t.given.tenant();
      for (let count = 0; count < 5; count += 1) {
        await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
        await ask(owner, 1);
      }
      const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
      expect((await owner.client.post('/auth/change-password', body)).status).toBe(200);
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
    });
  });

  describe('verification mails to one person', () => {
    it('are sent once in an interval, and those that are not sent do not revoke the one that was', async () => {
      const owner = await t.given.unverifiedTenant();
      const token = await t.given.verificationToken(owner);
      await burst(10, () => owner.client.post('/auth/verify-email/resend'));
      expect(await t.inbox.messages(owner.email, 'verify-email')).toHaveLength(1);
      const trail = await eventsOf(owner.client, { action: 'user.email_verification_requested' });
      expect(countBy(trail, ({ outcome }) => outcome)).toEqual({ refused: 10 });
      expect((await owner.client.post('/auth/verify-email', { token })).status).toBe(200);
    });
  });

  describe('invitations of one person', () => {
    it('are sent once in an interval, and those that are not sent do not revoke the one that was', async () => {
      const owner = await t.given.tenant();
      const email = uniqueEmail('invited');
      const replies = await burst(10, () => owner.client.post('/auth/invite', { email, role: 'user' }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 429: 9 });
      expect(replies.find((reply) => reply.status === 429)).toBeProblem('message_limit_exceeded');
      const token = await t.inbox.token(email, 'invitation');
      expect((await t.get(`/auth/invite/validate?token=${token}`)).status).toBe(200);
    });

    it('are counted over all tenants', async () => {
      const email = uniqueEmail('invited');
      const owners = await burst(5, () => t.given.tenant());
      const replies = await Promise.all(
        owners.map(({ client }) => client.post('/auth/invite', { email, role: 'user' })),
      );
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 429: 4 });
    });
  });
});
