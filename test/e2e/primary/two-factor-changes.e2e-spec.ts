import { burst, countBy } from '../../support/burst.js';
import { NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { Phones } from '../../support/phone.js';
import { NEW_PAIR } from '../../support/reissued.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';

describe('an account with two-factor authentication', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const phones = new Phones(t);
  const notices = async (email: string) =>
    (await t.inbox.messages(email, 'notice')).map(({ subject }) => subject);
  /** Signed in once more, with both factors. */
  const elsewhere = async (owner: Protected) => {
    const { body } = await twoFactor.signIn(owner);
    await twoFactor.forgetSteps(owner.user.id);
    return { client: t.client(body.accessToken), refreshToken: body.refreshToken };
  };

  describe('POST /auth/disable-2fa', () => {
    const disable = (owner: Protected, overrides: Record<string, unknown> = {}) => {
      const body = { password: owner.password, code: owner.authenticator.code(), ...overrides };
      return owner.client.post('/auth/disable-2fa', body);
    };

    it('turns it off, for the password and a code', async () => {
      const owner = await twoFactor.owner();
      const reply = await disable(owner);
      expect(reply.status).toBe(200);
      const said = { success: true, message: 'Two-factor authentication disabled' };
      expect(reply.body).toEqual({ ...said, ...NEW_PAIR });
      expect((await owner.client.get('/auth/2fa')).body).toEqual({ enabled: false, backupCodesLeft: 0 });
      expect((await t.given.login(owner)).user.twoFactorEnabled).toBe(false);
      expect(
        await t.database.query('SELECT 1 FROM recovery_codes WHERE user_id = $1', [owner.user.id]),
      ).toEqual([]);
    });

    it('accepts a backup code instead of a code of the authenticator', async () => {
      const owner = await twoFactor.owner();
      expect((await disable(owner, { code: owner.backupCodes[9] })).status).toBe(200);
    });

    it('accepts no code that has signed in, and consumes its own', async () => {
      const owner = await twoFactor.owner();
      const code = owner.authenticator.code();
      await twoFactor.signIn(owner, code);
      expect(await disable(owner, { code })).toBeProblem('two_factor_code_invalid');
      expect((await disable(owner, { code: owner.authenticator.nextCode() })).status).toBe(200);
      expect(await disable(owner, { code: owner.authenticator.nextCode() })).toBeProblem(
        'two_factor_not_enabled',
      );
    });

    it('requires both, whatever the session', async () => {
      const owner = await twoFactor.owner();
      const wrongPassword = await disable(owner, { password: NEW_PASSWORD });
      expect(wrongPassword).toBeProblem('current_password_incorrect');
      expect(wrongPassword.body.errors?.[0]?.pointer).toBe('#/password');
      const wrong = owner.authenticator.wrongCode();
      expect(await disable(owner, { code: wrong })).toBeProblem('two_factor_code_invalid');
      for (const missing of ['password', 'code']) {
        expect(await disable(owner, { [missing]: undefined })).toBeProblem('validation_failed');
      }
      expect((await owner.client.get('/auth/2fa')).body.enabled).toBe(true);
    });

    it('ends every other session and notifies the person', async () => {
      const owner = await twoFactor.owner();
      const other = await elsewhere(owner);
      expect((await disable(owner)).status).toBe(200);
      expect((await owner.client.get('/auth/me')).body.twoFactorEnabled).toBe(false);
      expect(await other.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const { refreshToken } = other;
      expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      expect(await notices(owner.email)).toContain('Two-factor authentication was turned off');
    });

    it('compares ten wrong codes at most, in any number of parallel requests', async () => {
      const owner = await twoFactor.owner();
      const replies = await burst(40, (index) =>
        disable(owner, { code: owner.authenticator.wrongCode(index) }),
      );
      const counts = countBy(replies, ({ body }) => body.code);
      expect(counts.two_factor_code_invalid).toBe(10);
      expect((await owner.client.get('/auth/2fa')).body.enabled).toBe(true);
    });

    it('leaves the session at one factor: turned on again elsewhere, the session is over', async () => {
      const owner = await twoFactor.owner();
      await disable(owner);
      const other = await t.given.login(owner);
      await twoFactor.enable(other.client);
      expect(await owner.client.get('/auth/me')).toBeProblem('access_token_invalid');
    });

    it('is refused to a person who has it off', async () => {
      const { client, password } = await t.given.tenant();
      const body = { password, code: '123456' };
      expect(await client.post('/auth/disable-2fa', body)).toBeProblem('two_factor_not_enabled');
      expect(await client.post('/auth/backup-codes', body)).toBeProblem('two_factor_not_enabled');
    });
  });

  describe('POST /auth/backup-codes', () => {
    const regenerate = (owner: Protected, overrides: Record<string, unknown> = {}) => {
      const body = { password: owner.password, code: owner.authenticator.code(), ...overrides };
      return owner.client.post('/auth/backup-codes', body);
    };

    it('issues ten new ones, and the old ones are refused', async () => {
      const owner = await twoFactor.owner();
      const { status, body } = await regenerate(owner);
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['backupCodes']);
      expect(new Set([...body.backupCodes, ...owner.backupCodes]).size).toBe(20);
      expect((await owner.client.get('/auth/2fa')).body.backupCodesLeft).toBe(10);
      expect(await twoFactor.signIn(owner, owner.backupCodes[0])).toBeProblem('two_factor_code_invalid');
      expect((await twoFactor.signIn(owner, body.backupCodes[0])).status).toBe(200);
      expect(await notices(owner.email)).toContain('New backup codes were made');
    });

    it('accepts an old one as its code, once', async () => {
      const owner = await twoFactor.owner();
      const [code] = owner.backupCodes;
      const replies = await burst(10, () => regenerate(owner, { code }));
      expect(countBy(replies, ({ status }) => status)[200]).toBe(1);
    });

    it('requires password and code, and otherwise leaves the old ones', async () => {
      const owner = await twoFactor.owner();
      expect(await regenerate(owner, { password: NEW_PASSWORD })).toBeProblem('current_password_incorrect');
      const wrong = owner.authenticator.wrongCode();
      expect(await regenerate(owner, { code: wrong })).toBeProblem('two_factor_code_invalid');
      expect((await twoFactor.signIn(owner, owner.backupCodes[0])).status).toBe(200);
    });
  });

  describe('PATCH /auth/me with another e-mail address', () => {
    const age = (owner: Protected) =>
      t.database.query(
        `UPDATE sessions SET authenticated_at = now() - interval '31 minutes' WHERE user_id = $1`,
        [owner.user.id],
      );
    const change = (owner: Protected, body: Record<string, unknown>) =>
      owner.client.patch('/auth/me', { email: uniqueEmail(), ...body });

    it.each([
      ['just after a sign-in', () => Promise.resolve()],
      ['a while later', age],
    ])('requires a code %s, and refuses the password alone', async (_, before) => {
      const owner = await twoFactor.owner();
      await before(owner);
      const currentPassword = owner.password;
      for (const body of [{}, { currentPassword }]) {
        const reply = await change(owner, body);
        expect(reply).toBeProblem('reauthentication_required');
        expect(reply.body.detail).toBe('Send `code`.');
      }
      const wrong = owner.authenticator.wrongCode();
      expect(await change(owner, { currentPassword, code: wrong })).toBeProblem('two_factor_code_invalid');
      const code = owner.authenticator.code();
      expect((await change(owner, { currentPassword, code })).status).toBe(200);
    });

    it('accepts a code without the password, once', async () => {
      const owner = await twoFactor.owner();
      const code = owner.authenticator.code();
      const replies = await burst(10, () => change(owner, { code }));
      expect(countBy(replies, ({ status }) => status)[200]).toBe(1);
      expect((await change(owner, { code: owner.backupCodes[0] })).status).toBe(200);
    });

    it('consumes no code beside a wrong password', async () => {
      const owner = await twoFactor.owner();
      const code = owner.authenticator.code();
      const reply = await change(owner, { currentPassword: NEW_PASSWORD, code });
      expect(reply).toBeProblem('current_password_incorrect');
      expect((await change(owner, { code })).status).toBe(200);
    });
  });

  describe('after a recovery of the password', () => {
    /** With a verified e-mail address, so that nobody else's recovery can take the account over. */
    const verifiedOwner = async (): Promise<Protected> => {
      const owner = await t.given.verifiedTenant();
      return { ...owner, ...(await twoFactor.enable(owner.client)) };
    };
    const recover = async (owner: Protected): Promise<Protected> => {
      const token = await t.given.resetToken(owner);
      const reply = await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toMatch(/token/i);
      return { ...owner, password: NEW_PASSWORD };
    };

    it('by a link, it requires the same factor, and its sessions are over', async () => {
      const owner = await verifiedOwner();
      const recovered = await recover(owner);
      expect(await owner.client.get('/auth/me')).toBeProblem('access_token_invalid');
      expect((await twoFactor.signIn(recovered)).status).toBe(200);
      expect((await twoFactor.signIn(recovered, owner.backupCodes[0])).status).toBe(200);
    });

    it('by a code to the phone, it requires the same factor', async () => {
      const { phone, client } = await phones.account();
      const { authenticator } = await twoFactor.enable(client);
      await t.post('/auth/forgot-password', { phone });
      const body = { phone, code: await phones.code(phone), newPassword: NEW_PASSWORD };
      expect((await t.post('/auth/reset-password', body)).status).toBe(200);
      const login = await t.post('/auth/login', { phone, password: NEW_PASSWORD });
      expect(Object.keys(login.body).sort()).toEqual(['requiresTwoFactor', 'tempToken']);
      expect((await twoFactor.verify(login.body.tempToken, authenticator.code())).status).toBe(200);
    });

    it('has its authenticator enabled again, which failures had disabled', async () => {
      const owner = await verifiedOwner();
      await t.database.query('UPDATE totp_factors SET consecutive_failures = 100 WHERE user_id = $1', [
        owner.user.id,
      ]);
      expect(await twoFactor.signIn(owner)).toBeProblem('two_factor_code_invalid');
      expect((await twoFactor.signIn(await recover(owner))).status).toBe(200);
    });

    it('still has the wait after wrong codes', async () => {
      const owner = await verifiedOwner();
      for (let round = 0; round < 2; round += 1) {
        const tempToken = await twoFactor.tempToken(owner);
        for (let index = 0; index < 5; index += 1)
          await twoFactor.verify(tempToken, owner.authenticator.wrongCode(index));
      }
      expect(await twoFactor.signIn(await recover(owner))).toBeProblem('too_many_attempts');
    });

    it('by the person who first verifies the address, it loses its squatter’s factor', async () => {
      const account = await t.given.unverifiedTenant();
      const squatter = { ...account, ...(await twoFactor.enable(account.client)) };
      const victim = await recover(squatter);
      const { accessToken, user } = await t.given.login(victim);
      expect(user.twoFactorEnabled).toBe(false);
      expect((await t.client(accessToken).get('/auth/2fa')).body).toEqual({
        enabled: false,
        backupCodesLeft: 0,
      });
      const left = await t.database.query(
        'SELECT 1 FROM totp_factors WHERE user_id = $1 UNION ALL SELECT 1 FROM recovery_codes WHERE user_id = $1',
        [squatter.user.id],
      );
      expect(left).toEqual([]);
    });
  });

  it('loses a pending sign-in with an address that another person verifies', async () => {
    const { phone, client } = await phones.account();
    const { authenticator } = await twoFactor.enable(client);
    const email = uniqueEmail('claimed');
    await t.database.query('UPDATE users SET email = $2 WHERE phone = $1', [phone, email]);
    const { body } = await t.post('/auth/login', { email, password: PASSWORD });
    const invitation = await t.given.invitation(await t.given.tenant(), { email });
    const names = { firstName: 'Vera', lastName: 'Victim' };
    const accepted = await t.post('/auth/invite/accept', {
      ...names,
      token: invitation.token,
      password: NEW_PASSWORD,
    });
    expect(accepted.status).toBe(201);
    const late = await twoFactor.verify(body.tempToken, authenticator.code());
    expect(late).toBeProblem('temp_token_invalid');
  });

  it('refuses sessions from before the second factor', async () => {
    const owner = await t.given.tenant();
    const { authenticator } = await twoFactor.enrol(owner.client);
    // As an import would, without ending anything
    await t.database.query('UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1', [
      owner.user.id,
    ]);
    expect(await owner.client.get('/auth/me')).toBeProblem('access_token_invalid');
    const { refreshToken } = owner;
    expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
    expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
    const tempToken = await twoFactor.tempToken(owner);
    const code = authenticator.codeOf(Authenticator.presentStep());
    expect((await twoFactor.verify(tempToken, code)).status).toBe(200);
  });
});
