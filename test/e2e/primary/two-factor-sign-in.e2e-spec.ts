import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { NEW_PASSWORD } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';
import { useWarmProcess } from '../../support/warm-process.js';

const outcomes = (replies: Reply[]) =>
  countBy(replies, ({ status, body }) => (status === 200 ? 'right' : body.code));

describe('signing in with a second factor', () => {
  const beside = useWarmProcess('other');
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);

  it('takes the password first, and returns no token for it', async () => {
    const owner = await twoFactor.owner();
    const reply = await t.post('/auth/login', { email: owner.email, password: owner.password });
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.body).sort()).toEqual(['requiresTwoFactor', 'tempToken']);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('takes a code then, and returns the response of a log-in', async () => {
    const owner = await twoFactor.owner();
    const { status, body } = await twoFactor.signIn(owner);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tenant', 'user']);
    expect(body.user).toMatchObject({ id: owner.user.id, email: owner.email, twoFactorEnabled: true });
    expect(body.tenant).toEqual(owner.tenant);
    expect((await t.client(body.accessToken).get('/auth/me')).body.twoFactorEnabled).toBe(true);
    const refreshed = await t.post('/auth/refresh', { refreshToken: body.refreshToken });
    expect(refreshed.status).toBe(200);
  });

  it('records that there were two factors', async () => {
    const owner = await twoFactor.owner();
    await twoFactor.signIn(owner);
    const [session] = await t.database.query<{ methods: string[] }>(
      'SELECT methods FROM sessions WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1',
      [owner.user.id],
    );
    expect(session?.methods.sort()).toEqual(['mfa', 'otp', 'pwd']);
  });

  it('opens the organisation that was requested', async () => {
    const owner = await twoFactor.owner();
    const { body: other } = await owner.client.post('/users/me/organisations', {
      name: `Other ${owner.tenant.slug}`,
    });
    for (const tenantSlug of [owner.tenant.slug, (other as unknown as { slug: string }).slug]) {
      const { email, password } = owner;
      const { body } = await t.post('/auth/login', { email, password, tenantSlug });
      const signedIn = await twoFactor.verify(body.tempToken, owner.authenticator.code());
      expect(signedIn.body.tenant.slug).toBe(tenantSlug);
      await twoFactor.forgetSteps(owner.user.id);
    }
  });

  describe('a code', () => {
    /** The status of the response to a code of so many steps from the present one. */
    const statusOf = async (offset: number): Promise<number> => {
      for (;;) {
        const owner = await twoFactor.owner();
        const tempToken = await twoFactor.tempToken(owner);
        const step = Authenticator.presentStep();
        const { status } = await twoFactor.verify(tempToken, owner.authenticator.codeOf(step + offset));
        // The clock moved to the next step meanwhile, so this was the code of another offset
        if (step === Authenticator.presentStep()) return status;
      }
    };

    it('is of the present step or a neighbour', async () => {
      for (const [offset, isGood] of [
        [-2, false],
        [-1, true],
        [0, true],
        [1, true],
        [2, false],
      ] as const) {
        expect([offset, await statusOf(offset)]).toEqual([offset, isGood ? 200 : 401]);
      }
    });

    it('is accepted once, and then none of its step or before', async () => {
      const owner = await twoFactor.owner();
      const step = Authenticator.presentStep();
      const codeOf = (at: number) => owner.authenticator.codeOf(at);
      expect((await twoFactor.signIn(owner, codeOf(step))).status).toBe(200);
      const tempToken = await twoFactor.tempToken(owner);
      expect(await twoFactor.verify(tempToken, codeOf(step))).toBeProblem('two_factor_code_invalid');
      expect(await twoFactor.verify(tempToken, codeOf(step - 1))).toBeProblem('two_factor_code_invalid');
      expect((await twoFactor.verify(tempToken, codeOf(step + 1))).status).toBe(200);
    });

    it('of another person is refused', async () => {
      const [owner, other] = [await twoFactor.owner(), await twoFactor.owner()];
      const reply = await twoFactor.signIn(owner, other.authenticator.code());
      expect(reply).toBeProblem('two_factor_code_invalid');
      expect(await twoFactor.signIn(owner, other.backupCodes[0])).toBeProblem('two_factor_code_invalid');
    });

    it.each([null, 1, '', '1234567', '123456789', 'abcdef', '①②③④⑤⑥', ['123456'], { a: 1 }])(
      'is six digits or eight, not %j',
      async (code) => {
        const tempToken = await twoFactor.tempToken(await twoFactor.owner());
        const reply = await t.post('/auth/verify-2fa', { tempToken, code });
        expect(reply).toBeProblem('validation_failed');
      },
    );

    it('signs in once in twenty parallel requests, with one temp token', async () => {
      const owner = await twoFactor.owner();
      const [tempToken, code] = [await twoFactor.tempToken(owner), owner.authenticator.code()];
      const replies = await burst(20, () => twoFactor.verify(tempToken, code));
      expect(outcomes(replies).right).toBe(1);
    });

    it('signs in once in twenty parallel requests, with as many temp tokens', async () => {
      const owner = await twoFactor.owner();
      const tempTokens = await burst(20, () => twoFactor.tempToken(owner));
      expect(new Set(tempTokens).size).toBe(20);
      const code = owner.authenticator.code();
      const replies = await burst(20, (index) => twoFactor.verify(tempTokens[index] ?? '', code));
      expect(outcomes(replies).right).toBe(1);
    });

    it('signs in once at two servers', async () => {
      const owner = await twoFactor.owner();
      const tempTokens = await burst(8, () => twoFactor.tempToken(owner));
      const second = await beside.serveBeside(t.server);
      const code = owner.authenticator.code();
      const replies = await burst(8, (index) => {
        const from = t.client(null, index % 2 === 0 ? t.server : second);
        return twoFactor.verify(tempTokens[index] ?? '', code, from);
      });
      expect(outcomes(replies)).toEqual({ right: 1, two_factor_code_invalid: 7 });
    });
  });

  describe('a backup code', () => {
    it('signs in once, with or without spaces', async () => {
      const owner = await twoFactor.owner();
      const code = owner.backupCodes[3] ?? '';
      expect((await twoFactor.signIn(owner, ` ${code.slice(0, 4)}-${code.slice(4)}`)).status).toBe(200);
      expect(await twoFactor.signIn(owner, code)).toBeProblem('two_factor_code_invalid');
      expect((await owner.client.get('/auth/2fa')).body).toEqual({ enabled: true, backupCodesLeft: 9 });
      for (const other of owner.backupCodes.filter((each) => each !== code)) {
        expect((await twoFactor.signIn(owner, other)).status).toBe(200);
      }
      expect((await owner.client.get('/auth/2fa')).body.backupCodesLeft).toBe(0);
    });

    it('signs in once in twenty parallel requests', async () => {
      const owner = await twoFactor.owner();
      const tempTokens = await burst(20, () => twoFactor.tempToken(owner));
      const code = owner.backupCodes[0] ?? '';
      const replies = await burst(20, (index) => twoFactor.verify(tempTokens[index] ?? '', code));
      expect(outcomes(replies).right).toBe(1);
      expect((await owner.client.get('/auth/2fa')).body.backupCodesLeft).toBe(9);
    });

    it('is recorded in the audit trail', async () => {
      const owner = await twoFactor.owner();
      await twoFactor.signIn(owner, owner.backupCodes[0]);
      const used = await t.database.query(
        `SELECT 1 FROM audit_events WHERE action = 'recovery_code.used' AND actor_id = $1`,
        [owner.user.id],
      );
      expect(used).toHaveLength(1);
    });
  });

  describe('a temp token', () => {
    const right = (owner: Protected, tempToken: string) =>
      twoFactor.verify(tempToken, owner.authenticator.code());

    it('is one of several that may be open', async () => {
      const owner = await twoFactor.owner();
      const [first, second] = [await twoFactor.tempToken(owner), await twoFactor.tempToken(owner)];
      expect((await right(owner, first)).status).toBe(200);
      await twoFactor.forgetSteps(owner.user.id);
      expect((await right(owner, second)).status).toBe(200);
    });

    it('is invalid after its success', async () => {
      const owner = await twoFactor.owner();
      const tempToken = await twoFactor.tempToken(owner);
      expect((await right(owner, tempToken)).status).toBe(200);
      await twoFactor.forgetSteps(owner.user.id);
      expect(await right(owner, tempToken)).toBeProblem('temp_token_invalid');
    });

    it('is invalid after five minutes', async () => {
      const owner = await twoFactor.owner();
      const [early, late] = [await twoFactor.tempToken(owner), await twoFactor.tempToken(owner)];
      await t.database.pass(120);
      expect((await right(owner, early)).status).toBe(200);
      await twoFactor.forgetSteps(owner.user.id);
      await t.database.pass(181);
      expect(await right(owner, late)).toBeProblem('temp_token_invalid');
    });

    const DEATHS: Record<string, (owner: Protected) => Promise<unknown>> = {
      'with a change of the password': ({ client, password }) =>
        client.post('/auth/change-password', { currentPassword: password, newPassword: NEW_PASSWORD }),
      'with a recovery of the password': async (owner) => {
        const token = await t.given.resetToken(owner);
        return t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      },
      'with new backup codes': async ({ client, password, backupCodes: [code] }) =>
        client.post('/auth/backup-codes', { password, code }),
      'with the membership of its organisation': async ({ user }) =>
        t.database.query('DELETE FROM memberships WHERE user_id = $1', [user.id]),
      'while the membership is suspended': async ({ user }) =>
        t.database.query(`UPDATE memberships SET status = 'suspended' WHERE user_id = $1`, [user.id]),
      'while the organisation is suspended': async ({ tenant }) =>
        t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [tenant.id]),
      'with the account': async ({ user }) =>
        t.database.query(`UPDATE users SET status = 'closed' WHERE id = $1`, [user.id]),
      'with a sign-out everywhere': ({ client }) => client.post('/auth/logout', { all: true }),
    };

    it.each(Object.entries(DEATHS))('is invalid %s', async (_, kill) => {
      const owner = await twoFactor.owner();
      const tempToken = await twoFactor.tempToken(owner);
      const killed = (await kill(owner)) as Reply | unknown[];
      if (!Array.isArray(killed)) expect(killed.status).toBe(200);
      expect(await right(owner, tempToken)).toBeProblem('temp_token_invalid');
    });

    it('is invalid when two-factor authentication is turned off, also for a new enrolment', async () => {
      const owner = await twoFactor.owner();
      const tempToken = await twoFactor.tempToken(owner);
      const { password, backupCodes } = owner;
      const off = await owner.client.post('/auth/disable-2fa', { password, code: backupCodes[0] });
      expect(off.status).toBe(200);
      const anew = await twoFactor.enable(owner.client);
      expect(await twoFactor.verify(tempToken, anew.authenticator.code())).toBeProblem('temp_token_invalid');
    });

    it('is bound to its purpose and refused in part', async () => {
      const owner = await twoFactor.owner();
      const tempToken = await twoFactor.tempToken(owner);
      const strangers = [
        'temp_xyz789',
        tempToken.slice(0, -1),
        `${tempToken}A`,
        tempToken.slice('temp_'.length),
        tempToken.replace('temp_', 'TEMP_'),
        await t.given.resetToken(owner),
        owner.accessToken,
        owner.refreshToken,
      ];
      for (const stranger of strangers)
        expect(await right(owner, stranger)).toBeProblem('temp_token_invalid');
      expect((await right(owner, tempToken)).status).toBe(200);
    });

    it('is stored nowhere in clear text', async () => {
      const tempToken = await twoFactor.tempToken(await twoFactor.owner());
      const [row] = await t.database.query<{ dump: string }>(
        `SELECT (SELECT jsonb_agg(to_jsonb(s))::text FROM one_time_secrets s)
           || (SELECT jsonb_agg(to_jsonb(p))::text FROM pending_sign_ins p) AS dump`,
      );
      expect(row?.dump).toContain('second-factor');
      expect(row?.dump).not.toContain(tempToken.slice('temp_'.length));
      expect(await t.writtenLog()).not.toContain(tempToken);
    });
  });
});
