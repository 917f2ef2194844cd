import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('recovery by link', () => {
  const t = useSharedApp();
  const forgot = (
    account: { email: string; tenant: { slug: string } },
    headers: Record<string, string> = {},
  ) =>
    t.post('/auth/forgot-password', { email: account.email, tenantSlug: account.tenant.slug }, { headers });
  const reset = (token: string, newPassword = NEW_PASSWORD) =>
    t.post('/auth/reset-password', { token, newPassword });
  const validate = (token: string) =>
    t.get(`/auth/reset-password/validate?token=${encodeURIComponent(token)}`);
  const login = (account: Account, password: string) =>
    t.post('/auth/login', { tenantSlug: account.tenant.slug, email: account.email, password });

  describe('POST /auth/forgot-password', () => {
    it('gives one response, whether or not there is an account', async () => {
      const [owner, other] = [await t.given.tenant(), await t.given.tenant()];
      const closed = await t.given.member(owner);
      await t.database.query(`UPDATE users SET status = 'closed' WHERE id = $1`, [closed.user.id]);
      const known = await forgot(owner);
      const unknown = [
        await forgot({ ...owner, email: uniqueEmail() }),
        await forgot({ ...owner, email: other.email }),
        await forgot(closed),
        await forgot({ ...owner, tenant: { slug: `no-${unique()}` } }),
      ];
      expect(known.body).toEqual({ message: 'If the email exists, a reset link has been sent.' });
      for (const reply of unknown) {
        expect(reply.status).toBe(known.status);
        expect(reply.text).toBe(known.text);
        expect(Object.keys(reply.headers).sort()).toEqual(Object.keys(known.headers).sort());
      }
      expect(await t.inbox.messages(closed.email, 'password-reset')).toEqual([]);
    });

    it('does not return the secret', async () => {
      const owner = await t.given.tenant();
      const reply = await forgot(owner);
      const token = await t.inbox.token(owner.email, 'password-reset');
      expect(reply.text + JSON.stringify(reply.headers)).not.toContain(token);
    });

    it('finds the account in whatever notation the address is written', async () => {
      const owner = await t.given.tenant();
      await forgot({ ...owner, email: ` ${owner.email.toUpperCase()} ` });
      expect(await t.inbox.messages(owner.email, 'password-reset')).toHaveLength(1);
    });

    it.each<[string, Record<string, string>]>([
      ['Host', { host: 'evil.example' }],
      ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
      ['X-Forwarded-Proto and -Port', { 'x-forwarded-proto': 'ftp', 'x-forwarded-port': '666' }],
      ['Forwarded', { forwarded: 'host=evil.example;proto=http' }],
      ['Origin and Referer', { origin: 'https://evil.example', referer: 'https://evil.example/' }],
      [
        'X-Original-URL',
        { 'x-original-url': 'https://evil.example/', 'x-rewrite-url': 'https://evil.example/' },
      ],
    ])('builds the link from the configured address, whatever %s says', async (_, headers) => {
      const owner = await t.given.tenant();
      await forgot(owner, headers);
      const message = await t.inbox.latest(owner.email, 'password-reset');
      expect(message.link?.startsWith(`${t.server.origin}/`)).toBe(true);
      expect(JSON.stringify(message)).not.toContain('evil.example');
    });

    it('does not send the secret to servers: it is in the fragment', async () => {
      const owner = await t.given.tenant();
      await forgot(owner);
      const { link = '' } = await t.inbox.latest(owner.email, 'password-reset');
      expect(new URL(link).search).toBe('');
      expect(new URL(link).hash).toContain('token=');
    });

    it.each([
      [{ email: 1 }],
      [{ email: 'x' }],
      [{}],
      [{ email: 'a@example.com', tenantSlug: {} }],
      [{ email: 'a@example.com', redirect: 'https://evil.example' }],
    ])('refuses %j', async (body) => {
      expect(await t.post('/auth/forgot-password', body)).toBeProblem('validation_failed');
    });
  });

  describe('GET /auth/reset-password/validate', () => {
    it('reads without consuming', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      for (let look = 0; look < 3; look += 1)
        expect((await validate(token)).body).toEqual({ valid: true, email: owner.email });
      expect((await reset(token)).status).toBe(200);
    });

    it('gives every invalid link the same response', async () => {
      const owner = await t.given.tenant();
      const used = await t.given.resetToken(owner);
      await reset(used);
      const [first, ...rest] = [
        await validate('x'),
        await validate('A'.repeat(43)),
        await validate(used),
        await validate(''),
      ];
      expect(first).toBeProblem('reset_token_invalid');
      expect(rest[1]).toBeProblem('reset_token_invalid');
      expect({ ...rest[1]?.body, instance: '' }).toEqual({ ...first?.body, instance: '' });
    });

    it('requires one token', async () => {
      expect(await t.get('/auth/reset-password/validate')).toBeProblem('validation_failed');
      expect(await t.get('/auth/reset-password/validate?token=a&token=b')).toBeProblem('validation_failed');
      expect(await t.get('/auth/reset-password/validate?token[x]=a')).toBeProblem('validation_failed');
    });
  });

  describe('POST /auth/reset-password', () => {
    it('sets the password, and the old one is refused', async () => {
      const owner = await t.given.tenant();
      expect((await reset(await t.given.resetToken(owner))).status).toBe(200);
      expect(await login(owner, owner.password)).toBeProblem('invalid_credentials');
      expect((await login(owner, NEW_PASSWORD)).status).toBe(200);
    });

    it('ends every session and signs nobody in', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);
      const reply = await reset(await t.given.resetToken(owner));
      expect(Object.keys(reply.body)).toEqual(['message']);
      for (const session of [owner, elsewhere]) {
        expect(await session.client.get('/auth/me')).toBeProblem('access_token_invalid');
        const { refreshToken } = session;
        expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      }
    });

    it('notifies the person', async () => {
      const owner = await t.given.tenant();
      await reset(await t.given.resetToken(owner));
      const [notice, ...more] = await t.inbox.messages(owner.email, 'notice');
      expect(more).toEqual([]);
      expect(JSON.stringify(notice)).not.toContain(NEW_PASSWORD);
      expect(notice?.link ?? '').not.toContain('token=');
    });

    it('works once', async () => {
      const token = await t.given.resetToken(await t.given.tenant());
      expect((await reset(token)).status).toBe(200);
      expect(await reset(token, 'Another-Kettle-55-Prairie')).toBeProblem('reset_token_invalid');
    });

    it('works once in a parallel burst, and the password is the winner’s', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      const passwords = Array.from({ length: 20 }, (_, index) => `${NEW_PASSWORD}-${index}`);
      const replies = await burst(20, (index) => reset(token, passwords[index]));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 1, 400: 19 });
      const winner = passwords[replies.findIndex((reply) => reply.status === 200)] ?? '';
      expect((await login(owner, winner)).status).toBe(200);
    });

    it('expires after half an hour', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      await t.database.pass(1500);
      expect((await validate(token)).status).toBe(200);
      await t.database.pass(301);
      expect(await validate(token)).toBeProblem('reset_token_invalid');
      expect(await reset(token)).toBeProblem('reset_token_invalid');
    });

    it('works with the newest link only', async () => {
      const owner = await t.given.tenant();
      const older = await t.given.resetToken(owner);
      const newer = await t.given.resetToken(owner);
      expect(await reset(older)).toBeProblem('reset_token_invalid');
      expect((await reset(newer)).status).toBe(200);
    });

    it('is revoked by another change of the password', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
      expect((await owner.client.post('/auth/change-password', body)).status).toBe(200);
      expect(await reset(token)).toBeProblem('reset_token_invalid');
    });

    it('accepts no other secret, and its secret is accepted nowhere else', async () => {
      const owner = await t.given.tenant();
      const secrets = {
        reset: await t.given.resetToken(owner),
        verification: await t.given.verificationToken(owner),
        invitation: (await t.given.invitation(owner)).token,
      };
      const names = { firstName: 'Ines', lastName: 'Invited', password: NEW_PASSWORD };

      for (const token of [secrets.verification, secrets.invitation, owner.accessToken, owner.refreshToken]) {
        expect(await reset(token)).toBeProblem('reset_token_invalid');
      }
      for (const token of [secrets.reset, secrets.invitation]) {
        expect(await owner.client.post('/auth/verify-email', { token })).toBeProblem(
          'verification_token_invalid',
        );
      }
      for (const token of [secrets.reset, secrets.verification]) {
        expect(await t.post('/auth/invite/accept', { token, ...names })).toBeProblem('invitation_not_found');
      }
      expect((await reset(secrets.reset)).status).toBe(200);
    });

    it('is bound to its own account', async () => {
      const [owner, other] = [await t.given.tenant(), await t.given.tenant()];
      await reset(await t.given.resetToken(owner));
      expect((await login(other, other.password)).status).toBe(200);
      expect((await other.client.get('/auth/me')).status).toBe(200);
    });

    it.each([
      [{ token: 1 }],
      [{ newPassword: null }],
      [{ token: null }],
      [{ newPassword: {} }],
      [{ email: 'a@example.com' }],
    ])('refuses %j and consumes nothing', async (wrong) => {
      const token = await t.given.resetToken(await t.given.tenant());
      const reply = await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD, ...wrong });
      expect(reply).toBeProblem('validation_failed');
      expect((await validate(token)).status).toBe(200);
    });

    it('leaves neither link nor new password in a table or log', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      await reset(token);
      const log = await t.writtenLog();
      expect(log).not.toContain(token);
      expect(log).not.toContain(NEW_PASSWORD);
      const tables = await t.database.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
      );
      for (const { name } of tables) {
        const found = await t.database.query(
          `SELECT 1 FROM ${name} AS row WHERE row::text LIKE '%' || $1 || '%'`,
          [token],
        );
        expect({ name, found }).toEqual({ name, found: [] });
      }
    });
  });
});
