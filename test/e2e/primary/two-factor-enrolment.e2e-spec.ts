import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { Keyring } from '../../../src/common/keyring.js';
import { burst, countBy } from '../../support/burst.js';
import { NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { NEW_PAIR } from '../../support/reissued.js';
import { createTestApp, useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { TwoFactor } from '../../support/two-factor.js';

describe('turning two-factor authentication on', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const notices = async (email: string) =>
    (await t.inbox.messages(email, 'notice')).map(({ subject }) => subject);

  describe('POST /auth/enable-2fa', () => {
    it('issues a secret of 160 bits, its QR code and ten backup codes, with a body or none', async () => {
      const { client, email } = await t.given.tenant();
      for (const body of [undefined, {}]) {
        const reply = await client.post('/auth/enable-2fa', body);
        expect(reply.status).toBe(200);
        const { secret, qrCode, otpauthUri, backupCodes } = reply.body;
        expect(Object.keys(reply.body).sort()).toEqual(['backupCodes', 'otpauthUri', 'qrCode', 'secret']);
        expect(secret).toMatch(/^[A-Z2-7]{32}$/);
        expect(backupCodes).toHaveLength(10);
        expect(new Set(backupCodes).size).toBe(10);
        for (const code of backupCodes) expect(code).toMatch(/^[0-9]{8}$/);
        const uri = new URL(otpauthUri);
        expect(decodeURIComponent(uri.pathname)).toBe(`/Gatehouse:${email}`);
        expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret, issuer: 'Gatehouse' });
        const png = Buffer.from(qrCode.replace('data:image/png;base64,', ''), 'base64');
        expect((await sharp(png).metadata()).format).toBe('png');
      }
    });

    it('issues another secret each time, and only the newest is valid', async () => {
      const { client } = await t.given.tenant();
      const first = await twoFactor.enrol(client);
      const second = await twoFactor.enrol(client);
      expect(first.authenticator.secret).not.toBe(second.authenticator.secret);
      expect(first.backupCodes).not.toEqual(second.backupCodes);
      const code = first.authenticator.code();
      expect(await client.post('/auth/confirm-2fa', { code })).toBeProblem('two_factor_code_invalid');
      const right = { code: second.authenticator.code() };
      expect((await client.post('/auth/confirm-2fa', right)).status).toBe(200);
    });

    it('changes nothing until it is confirmed', async () => {
      const owner = await t.given.tenant();
      await twoFactor.enrol(owner.client);
      expect((await owner.client.get('/auth/me')).body.twoFactorEnabled).toBe(false);
      expect((await owner.client.get('/auth/2fa')).body).toEqual({ enabled: false, backupCodesLeft: 0 });
      expect((await t.given.login(owner)).accessToken).toBeDefined();
    });

    it('requires the password where the sign-in is not recent', async () => {
      const { client, user } = await t.given.tenant();
      await t.database.query(
        `UPDATE sessions SET authenticated_at = now() - interval '31 minutes' WHERE user_id = $1`,
        [user.id],
      );
      const enable = (body?: object) => client.post('/auth/enable-2fa', body);
      expect(await enable()).toBeProblem('reauthentication_required');
      expect(await enable({ currentPassword: NEW_PASSWORD })).toBeProblem('current_password_incorrect');
      expect((await enable({ currentPassword: PASSWORD })).status).toBe(200);
    });

    it('is refused once it is on', async () => {
      const { client } = await twoFactor.owner();
      const reply = await client.post('/auth/enable-2fa', { currentPassword: PASSWORD });
      expect(reply).toBeProblem('two_factor_already_enabled');
      expect((await client.get('/auth/2fa')).body).toEqual({ enabled: true, backupCodesLeft: 10 });
    });
  });

  describe('POST /auth/confirm-2fa', () => {
    it('turns it on, for a code of the secret', async () => {
      const owner = await t.given.tenant();
      const { authenticator } = await twoFactor.enrol(owner.client);
      const confirmed = await owner.client.post('/auth/confirm-2fa', { code: authenticator.code() });
      expect(confirmed.status).toBe(200);
      const said = { success: true, message: 'Two-factor authentication enabled' };
      expect(confirmed.body).toEqual({ ...said, ...NEW_PAIR });
      expect((await owner.client.get('/auth/me')).body.twoFactorEnabled).toBe(true);
      const { body } = await t.post('/auth/login', { email: owner.email, password: PASSWORD });
      expect(body).toEqual({ requiresTwoFactor: true, tempToken: expect.stringMatching(/^temp_[\w-]{43}$/) });
    });

    it('consumes its code: neither it nor one of an earlier step can sign in', async () => {
      const owner = await t.given.tenant();
      const { authenticator } = await twoFactor.enrol(owner.client);
      const step = Authenticator.presentStep();
      await owner.client.post('/auth/confirm-2fa', { code: authenticator.codeOf(step) });
      const tempToken = await twoFactor.tempToken(owner);
      for (const used of [step, step - 1]) {
        const reply = await twoFactor.verify(tempToken, authenticator.codeOf(used));
        expect(reply).toBeProblem('two_factor_code_invalid');
      }
      expect((await twoFactor.verify(tempToken, authenticator.codeOf(step + 1))).status).toBe(200);
    });

    it('keeps this session and its refresh token, and ends every other one', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);
      await twoFactor.enable(owner.client);
      expect((await owner.client.get('/auth/me')).status).toBe(200);
      expect(await elsewhere.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const { refreshToken } = elsewhere;
      expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      const refreshed = await t.post('/auth/refresh', { refreshToken: owner.refreshToken });
      expect(refreshed.status).toBe(200);
      expect((await t.client(refreshed.body.accessToken).get('/auth/me')).status).toBe(200);
    });

    it('notifies the person, without a secret', async () => {
      const owner = await t.given.tenant();
      const { authenticator, backupCodes } = await twoFactor.enable(owner.client);
      expect(await notices(owner.email)).toEqual(['Two-factor authentication was turned on']);
      const messages = JSON.stringify(await t.inbox.messages(owner.email));
      for (const secret of [authenticator.secret, ...backupCodes]) expect(messages).not.toContain(secret);
    });

    it('ignores spaces in the code', async () => {
      const { client } = await t.given.tenant();
      const { authenticator } = await twoFactor.enrol(client);
      const code = authenticator.code().replace(/^(...)/, ' $1 - ');
      expect((await client.post('/auth/confirm-2fa', { code })).status).toBe(200);
    });

    it('refuses a wrong code, and an invalid one', async () => {
      const { client } = await t.given.tenant();
      const { authenticator, backupCodes } = await twoFactor.enrol(client);
      const confirm = (code: unknown) => client.post('/auth/confirm-2fa', { code });
      expect(await confirm(authenticator.wrongCode())).toBeProblem('two_factor_code_invalid');
      for (const code of ['', '12345', null, 123456, ['123456'], '①②③④⑤⑥', backupCodes[0]]) {
        expect(await confirm(code)).toBeProblem('validation_failed');
      }
      expect((await confirm(authenticator.code())).status).toBe(200);
    });

    it('compares ten guesses at most, in any number of parallel requests', async () => {
      const { client, accessToken: token } = await t.given.tenant();
      const { authenticator } = await twoFactor.enrol(client);
      const replies = await burst(40, (index) => {
        const code = authenticator.wrongCode(index);
        return t.client().post('/auth/confirm-2fa', { code }, { token });
      });
      expect(countBy(replies, ({ body }) => body.code)).toEqual({
        two_factor_code_invalid: 10,
        too_many_attempts: 30,
      });
      const right = { code: authenticator.code() };
      expect(await client.post('/auth/confirm-2fa', right)).toBeProblem('too_many_attempts');
    });

    it('happens once in twenty parallel requests', async () => {
      const { client, email } = await t.given.tenant();
      const { authenticator } = await twoFactor.enrol(client);
      const code = authenticator.code();
      const replies = await burst(20, () => client.post('/auth/confirm-2fa', { code }));
      expect(countBy(replies, ({ status }) => status)[200]).toBe(1);
      expect(await notices(email)).toHaveLength(1);
    });

    it('requires an enrolment', async () => {
      const confirm = { code: '123456' };
      const { client } = await t.given.tenant();
      expect(await client.post('/auth/confirm-2fa', confirm)).toBeProblem('two_factor_not_enrolling');
      const owner = await twoFactor.owner();
      expect(await owner.client.post('/auth/confirm-2fa', confirm)).toBeProblem('two_factor_not_enrolling');
    });
  });

  it('is recorded in the audit trail', async () => {
    const owner = await twoFactor.owner();
    const trail = await t.database.query<{ action: string }>(
      `SELECT action FROM audit_events WHERE actor_id = $1 AND action LIKE 'two_factor%' ORDER BY occurred_at`,
      [owner.user.id],
    );
    expect(trail.map(({ action }) => action)).toEqual(['two_factor.enrolment_started', 'two_factor.enabled']);
  });

  describe('what is stored of it', () => {
    it('is the encrypted secret, and hashes of the backup codes', async () => {
      const { user, authenticator, backupCodes } = await twoFactor.owner();
      const [row] = await t.database.query<{ dump: string; seed: Buffer }>(
        `SELECT f.seed_encrypted AS seed, to_jsonb(f)::text || jsonb_agg(to_jsonb(r))::text
           || (SELECT jsonb_agg(to_jsonb(a))::text FROM audit_events a WHERE a.actor_id = f.user_id) AS dump
         FROM totp_factors f JOIN recovery_codes r USING (user_id) WHERE f.user_id = $1 GROUP BY f.user_id`,
        [user.id],
      );
      const { secret } = authenticator;
      const kept = `${row?.dump} ${row?.seed.toString('latin1')} ${row?.seed.toString('hex')}`;
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(secret).toString('hex'));
      for (const code of backupCodes) expect(kept).not.toMatch(new RegExp(`\\D${code}\\D`));
      expect(await t.writtenLog()).not.toContain(secret);
    });

    it('cannot be decrypted for another person, even if the row is moved to them', async () => {
      const [owner, thief] = [await twoFactor.owner(), await twoFactor.owner()];
      await t.database.query(
        `UPDATE totp_factors SET seed_encrypted = (SELECT seed_encrypted FROM totp_factors WHERE user_id = $2)
         WHERE user_id = $1`,
        [owner.user.id, thief.user.id],
      );
      const reply = await twoFactor.signIn(owner, thief.authenticator.code());
      expect(reply).toBeProblem('internal_error');
    });
  });
});

describe('a rotation of SECRET_KEY', () => {
  const t = createTestApp();
  const twoFactor = new TwoFactor(t);

  it('keeps authenticators and backup codes, and encrypts a secret with the new key when it is used', async () => {
    const owner = await twoFactor.owner();
    const newKey = randomBytes(32).toString('base64');
    const open = async () => {
      const [row] = await t.database.query<{ seed: Buffer }>(
        'SELECT seed_encrypted AS seed FROM totp_factors WHERE user_id = $1',
        [owner.user.id],
      );
      return new Keyring(newKey).decrypt('totp-seed', row?.seed ?? Buffer.alloc(0), owner.user.id);
    };
    await t.server.restart({ SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: t.server.settings.SECRET_KEY ?? '' });
    await expect(open()).rejects.toThrow('No key opens');
    expect((await twoFactor.signIn(owner, owner.backupCodes[0])).status).toBe(200);
    expect((await twoFactor.signIn(owner)).status).toBe(200);
    expect(await open()).toBe(owner.authenticator.secret);
  });
});
