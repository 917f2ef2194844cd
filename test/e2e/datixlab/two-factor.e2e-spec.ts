import { burst, countBy } from '../../support/burst.js';
import { Datixlab, type DatixlabAccount, uuidOf } from '../../support/datixlab.js';
import { NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { type SecondFactor, TwoFactor } from '../../support/two-factor.js';

describe('two-factor authentication at the datixlab contract', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const twoFactor = new TwoFactor(t);
  const pointers = ({ body }: Awaited<ReturnType<typeof d.post>>) =>
    body.errors?.map(({ pointer }) => pointer);

  /** Signed in, with a factor that was turned on a while ago. */
  const protectedOwner = async (): Promise<DatixlabAccount & SecondFactor> => {
    const owner = await d.owner();
    return { ...owner, ...(await twoFactor.enable(owner.client)) };
  };
  /** As if this person had signed in more than half an hour ago. */
  const age = ({ user }: DatixlabAccount) =>
    t.database.query(
      `UPDATE sessions SET authenticated_at = now() - interval '31 minutes' WHERE user_id = $1`,
      [uuidOf(user.id)],
    );

  describe('is turned on', () => {
    it('in an old session with the password, by this contract’s field name', async () => {
      const owner = await d.owner();
      await age(owner);
      const enable = (body?: object) => d.post('/enable-2fa', body, owner.client);
      const without = await enable();
      expect(without).toBeProblem('reauthentication_required');
      expect(without.body.detail).toContain('`current_password`');
      const wrong = await enable({ current_password: NEW_PASSWORD });
      expect(wrong).toBeProblem('current_password_incorrect');
      expect(pointers(wrong)).toEqual(['#/current_password']);
      expect(pointers(await enable({ currentPassword: owner.password }))).toEqual(['#/currentPassword']);
      expect((await enable({ current_password: owner.password })).status).toBe(200);
    });

    it('by a code of the newest secret, and changes nothing before that', async () => {
      const owner = await d.owner();
      const [older, newest] = [
        await d.post('/enable-2fa', undefined, owner.client),
        await d.post('/enable-2fa', {}, owner.client),
      ];
      const confirm = (secret: string) =>
        d.post('/confirm-2fa', { code: new Authenticator(secret).code() }, owner.client);
      expect(await confirm(older.body.secret)).toBeProblem('two_factor_code_invalid');
      expect((await d.me(owner.client)).two_factor_enabled).toBe(false);
      expect((await d.login(owner)).user.two_factor_enabled).toBe(false);
      expect((await confirm(newest.body.secret)).status).toBe(200);
      expect((await d.me(owner.client)).two_factor_enabled).toBe(true);
    });

    it('once: not again, and not without a secret', async () => {
      const [owner, other] = [await protectedOwner(), await d.owner()];
      expect(await d.post('/enable-2fa', undefined, owner.client)).toBeProblem('two_factor_already_enabled');
      for (const { client } of [owner, other]) {
        const reply = await d.post('/confirm-2fa', { code: '123456' }, client);
        expect(reply).toBeProblem('two_factor_not_enrolling');
      }
    });

    it('and ends every other session that was opened before', async () => {
      const owner = await d.owner();
      const before = await d.login(owner);
      const { body } = await d.post('/enable-2fa', undefined, owner.client);
      const code = new Authenticator(body.secret).code();
      expect((await d.post('/confirm-2fa', { code }, owner.client)).status).toBe(200);
      expect(await d.get('/me', before.client)).toBeProblem('access_token_invalid');
      expect(await d.post('/refresh', undefined, before.client)).toBeProblem('access_token_invalid');
      const renewed = await d.post('/refresh', undefined, owner.client);
      expect((await d.me(t.client(renewed.body.access_token))).two_factor_enabled).toBe(true);
    });
  });

  describe('is required', () => {
    it('at sign-in, which returns no token and opens no session', async () => {
      const owner = await protectedOwner();
      const reply = await d.post('/login', { email: owner.email, password: owner.password });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain('eyJ');
      const { body } = await owner.client.get('/auth/sessions');
      expect(body.data.map(({ current }) => current)).toEqual([true]);
    });

    it('of a session that was opened without it: the session is over, also for a refresh', async () => {
      const owner = await d.owner();
      await twoFactor.enrol(owner.client);
      // As an import would, without ending anything
      await t.database.query('UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1', [
        uuidOf(owner.user.id),
      ]);
      expect(await d.post('/refresh', undefined, owner.client)).toBeProblem('access_token_invalid');
      expect(await d.get('/me', owner.client)).toBeProblem('access_token_invalid');
      expect(await d.tempToken(owner)).toMatch(/^temp_/);
    });

    it('and satisfied by a code or a backup code, once each, with or without spaces', async () => {
      const owner = await protectedOwner();
      const [code, backup = ''] = [owner.authenticator.code(), owner.backupCodes[4]];
      for (const shown of [code, `${backup.slice(0, 4)}-${backup.slice(4)}`]) {
        const { status, body } = await d.verify(await d.tempToken(owner), shown);
        expect([status, body.user.two_factor_enabled]).toEqual([200, true]);
        const renewed = await d.post('/refresh', undefined, t.client(body.access_token));
        expect((await d.me(t.client(renewed.body.access_token))).id).toBe(owner.user.id);
        expect(await d.verify(await d.tempToken(owner), shown)).toBeProblem('two_factor_code_invalid');
      }
    });

    it.each<[Record<string, unknown>, string]>([
      [{ code: undefined }, 'code'],
      [{ code: '12345' }, 'code'],
      [{ code: 123456 }, 'code'],
      [{ temp_token: undefined }, 'temp_token'],
      [{ temp_token: null }, 'temp_token'],
      [{ tempToken: 'temp_xyz789' }, 'tempToken'],
      [{ email: 'user@example.com' }, 'email'],
    ])('and not satisfied by %j', async (overrides, field) => {
      const reply = await d.post('/verify-2fa', { temp_token: 'temp_xyz789', code: '123456', ...overrides });
      expect(reply).toBeProblem('validation_failed');
      expect(pointers(reply)).toEqual([`#/${field}`]);
    });

    it('and not satisfied with an invalid temp token, or one from before a password change', async () => {
      const owner = await protectedOwner();
      const tempToken = await d.tempToken(owner);
      const code = owner.authenticator.code();
      for (const stranger of ['temp_xyz789', tempToken.slice(0, -1), tempToken.slice(5), owner.accessToken]) {
        expect(await d.verify(stranger, code)).toBeProblem('temp_token_invalid');
      }
      const passwords = { current_password: owner.password, new_password: NEW_PASSWORD };
      expect((await d.post('/change-password', passwords, owner.client)).status).toBe(200);
      expect(await d.verify(tempToken, code)).toBeProblem('temp_token_invalid');
    });

    it('and succeeds once of twenty parallel requests: with one code for twenty temp tokens, or twenty codes for one', async () => {
      const owner = await protectedOwner();
      const tempTokens = await burst(20, () => d.tempToken(owner));
      const code = owner.authenticator.code();
      const shown = await burst(20, (index) => d.verify(tempTokens[index] ?? '', code));
      expect(countBy(shown, ({ status }) => status)[200]).toBe(1);

      const other = await protectedOwner();
      const tempToken = await d.tempToken(other);
      const spent = await burst(20, (index) => d.verify(tempToken, other.backupCodes[index % 10] ?? ''));
      expect(countBy(spent, ({ status }) => status)[200]).toBe(1);
      // Token and code are consumed together, or neither is
      expect((await other.client.get('/auth/2fa')).body.backupCodesLeft).toBe(9);
    });
  });

  describe('is turned off', () => {
    const disable = (owner: DatixlabAccount, body: object) => d.post('/disable-2fa', body, owner.client);

    it('with the password and a code, and nothing less', async () => {
      const owner = await protectedOwner();
      const { password, authenticator } = owner;
      const code = authenticator.code();
      const wrong = await disable(owner, { password: NEW_PASSWORD, code });
      expect(wrong).toBeProblem('current_password_incorrect');
      expect(pointers(wrong)).toEqual(['#/password']);
      const guess = await disable(owner, { password, code: authenticator.wrongCode() });
      expect(guess).toBeProblem('two_factor_code_invalid');
      expect(pointers(await disable(owner, { code }))).toEqual(['#/password']);
      expect(pointers(await disable(owner, { password }))).toEqual(['#/code']);
      expect((await d.me(owner.client)).two_factor_enabled).toBe(true);

      expect((await disable(owner, { password, code })).status).toBe(200);
      expect((await d.login(owner)).user.two_factor_enabled).toBe(false);
      expect(await disable(owner, { password, code })).toBeProblem('two_factor_not_enabled');
    });

    it('and ends every other session', async () => {
      const owner = await protectedOwner();
      const { body } = await d.verify(await d.tempToken(owner), owner.authenticator.code());
      const { password, backupCodes } = owner;
      expect((await disable(owner, { password, code: backupCodes[0] })).status).toBe(200);
      expect(await d.get('/me', t.client(body.access_token))).toBeProblem('access_token_invalid');
      expect((await d.me(owner.client)).two_factor_enabled).toBe(false);
    });
  });

  it('is required beside the password where an old session requests another address', async () => {
    const owner = await protectedOwner();
    await age(owner);
    const { password: current_password, authenticator } = owner;
    const email = uniqueEmail('new');
    const change = (body: object) => d.patch('/me', { email, ...body }, owner.client);
    for (const body of [{}, { current_password }]) {
      const reply = await change(body);
      expect(reply).toBeProblem('reauthentication_required');
      expect(reply.body.detail).toContain('`current_password`');
    }
    const wrong = authenticator.wrongCode();
    expect(await change({ current_password, code: wrong })).toBeProblem('two_factor_code_invalid');
    expect(pointers(await change({ current_password, code: '12345' }))).toEqual(['#/code']);
    const { status, body } = await change({ current_password, code: authenticator.code() });
    expect([status, body.pending_email]).toEqual([200, email]);
  });

  describe('that the organisation requires', () => {
    it('is enrolled before anything else, and then everything is allowed', async () => {
      const owner = await d.owner();
      await d.requireTwoFactor(owner);
      const { email, password } = owner;
      const { status, body } = await d.post('/login', { email, password });
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'bearer', two_factor_enrolment_required: true });
      const client = t.client(body.access_token);
      expect(await d.get('/api-keys', client)).toBeProblem('two_factor_enrolment_required');
      expect(await d.patch('/me', { full_name: 'X' }, client)).toBeProblem('two_factor_enrolment_required');
      expect((await d.me(client)).two_factor_enabled).toBe(false);
      const renewed = await d.post('/refresh', undefined, client);
      const same = t.client(renewed.body.access_token);

      const { secret, backup_codes } = (await d.post('/enable-2fa', undefined, same)).body;
      const authenticator = new Authenticator(secret);
      expect((await d.post('/confirm-2fa', { code: authenticator.code() }, same)).status).toBe(200);

      expect((await d.get('/api-keys', client)).status).toBe(200);
      expect((await d.patch('/me', { full_name: 'Enrolled Now' }, same)).status).toBe(200);
      const verified = await d.verify(await d.tempToken(owner), authenticator.nextCode());
      expect(verified.status).toBe(200);
      expect(verified.body).not.toHaveProperty('two_factor_enrolment_required');

      const off = { password, code: backup_codes[0] };
      expect((await d.post('/disable-2fa', off, same)).status).toBe(200);
      expect(await d.get('/api-keys', same)).toBeProblem('two_factor_enrolment_required');
    });
  });
});
