import { AccountDeletions, GRACE_SECONDS } from '../../support/account-deletions.js';
import { ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import { CONTRACTS } from '../../support/contracts.js';
import { type Account, NEW_PASSWORD, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const SMS_LINK = /\/restore-account#token=([\w-]{22})$/;

const LEFT = ['apiKeys', 'deletionAt', 'sessions', 'trustedDevices'];

describe('deleting an account', () => {
  const t = useSharedApp({ EMAIL_CODE_SIGN_IN: 'true' });
  const deletions = new AccountDeletions(t);
  const phones = new Phones(t);
  const keys = new ApiKeys(t);
  const factors = new TwoFactor(t);
  const logIn = (email: string, password = PASSWORD) => t.post('/auth/login', { email, password });
  const register = (email: string) => t.post('/auth/register', t.given.registration({ email }));
  const columns = async (account: Account) =>
    (await t.database.query('SELECT * FROM users WHERE id = $1', [account.user.id]))[0];

  it('returns the date until which the account can be restored, fourteen days by default', async () => {
    const person = await t.given.tenant();
    const { status, body } = await deletions.leave(person.client);
    expect(status).toBe(202);
    expect(Object.keys(body)).toEqual(['deletionAt']);
    const rows = await t.database.query<{ grace: number; same: boolean }>(
      `SELECT extract(epoch FROM deletion_at - occurred_at)::float8 AS grace,
         date_trunc('milliseconds', deletion_at) = $2::timestamptz AS same
       FROM users u JOIN audit_events ON target_id = u.id AND action = 'user.deletion_requested' WHERE u.id = $1`,
      [person.user.id, body.deletionAt],
    );
    expect(rows).toEqual([{ grace: GRACE_SECONDS, same: true }]);
  });

  it('requires the password, and counts a wrong one as a failed sign-in', async () => {
    const person = await t.given.tenant();
    const before = await columns(person);
    expect(await person.client.delete('/users/me', {})).toBeProblem('validation_failed');
    for (let guess = 0; guess < 5; guess += 1) {
      const reply = await deletions.leave(person.client, `wrong-${guess}`);
      expect(reply).toBeProblem('current_password_incorrect');
      expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/password']);
    }
    expect(await deletions.leave(person.client)).toBeProblem('too_many_attempts');
    expect(await logIn(person.email)).toBeProblem('too_many_attempts');
    expect(await columns(person)).toEqual(before);
  });

  it('requires a code of the second factor, too, where one is on', async () => {
    const person = await factors.owner();
    const leave = (code?: string) => person.client.delete('/users/me', { password: PASSWORD, code });
    expect(await leave()).toBeProblem('reauthentication_required');
    expect(await leave(person.authenticator.wrongCode())).toBeProblem('two_factor_code_invalid');
    expect((await person.client.get('/auth/me')).status).toBe(200);
    expect((await leave(person.authenticator.code())).status).toBe(202);
  });

  it('consumes no code where it is refused for another reason', async () => {
    const owner = await factors.owner();
    const member = await t.given.member(owner);
    const body = { password: PASSWORD, code: owner.backupCodes[0] };
    for (let time = 0; time < 12; time += 1) {
      expect(await owner.client.delete('/users/me', body)).toBeProblem('last_owner');
    }
    await owner.client.delete(`/tenants/current/members/${member.user.id}`);
    expect((await owner.client.delete('/users/me', body)).status).toBe(202);
  });

  it('consumes a code once in parallel requests', async () => {
    const person = await factors.owner();
    const body = { password: PASSWORD, code: person.backupCodes[0] };
    const replies = await burst(20, () => person.client.delete('/users/me', body));
    expect(countBy(replies, ({ status }) => status)[202]).toBe(1);
    const [used] = await t.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_events WHERE action = 'recovery_code.used' AND target_id = $1`,
      [person.user.id],
    );
    expect(used?.count).toBe(1);
  });

  it('requires a signed-in person', async () => {
    expect(await t.client().delete('/users/me', { password: PASSWORD })).toBeProblem(
      'authentication_required',
    );
  });

  it('happens once in parallel requests', async () => {
    const person = await t.given.tenant();
    const replies = await burst(20, () => deletions.leave(person.client));
    expect(countBy(replies, ({ status }) => status)[202]).toBe(1);
    expect(await t.inbox.messages(person.email, 'account-restoration')).toHaveLength(1);
  });

  describe('ends at once', () => {
    it('every session, for access and refresh', async () => {
      const person = await t.given.tenant();
      const elsewhere = await t.given.login(person);
      await deletions.left(person.client);
      for (const { client, refreshToken } of [person, elsewhere]) {
        expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
      }
    });

    it.each([CONTRACTS.primary, CONTRACTS.katixo])(
      'sign-in by password and code, in the $name contract',
      async (contract) => {
        const [email, phone] = [uniqueEmail(), uniquePhone()];
        const person = { email, phone, password: PASSWORD };
        const signed = await contract.signUp(t.client(), person, () => phones.code(phone), unique());
        const client = t.client(signed.accessToken);
        await contract.requestCode(t.client(), phone);
        const pending = await phones.code(phone);
        await deletions.left(client);

        expect((await contract.logIn(t.client(), { phone }, PASSWORD)).status).toBe(401);
        expect((await contract.logIn(t.client(), { email }, PASSWORD)).status).toBe(401);
        expect((await CONTRACTS.datixlab.logIn(t.client(), { email }, PASSWORD)).status).toBe(401);
        expect((await contract.refresh(t.client(), signed.refreshToken)).status).toBe(401);
        expect((await contract.verifyCode(t.client(), phone, pending)).status).toBe(400);
        expect(await contract.whoAmI(client)).toBeNull();
        expect(await CONTRACTS.datixlab.whoAmI(client)).toBeNull();
      },
    );

    it('an API key, and a sign-in that waits for its second factor', async () => {
      const owner = await t.given.tenant();
      const { key } = await keys.create(owner);
      const person = { ...owner, ...(await factors.enable(owner.client)) };
      const tempToken = await factors.tempToken(person);
      expect((await keys.use(key)).status).toBe(200);
      const body = { password: PASSWORD, code: person.backupCodes[0] };
      expect((await person.client.delete('/users/me', body)).status).toBe(202);

      expect(await keys.use(key)).toBeProblem('api_key_invalid');
      expect(await factors.verify(tempToken, person.authenticator.code())).toBeProblem('temp_token_invalid');
      await deletions.restore(await deletions.token(person.email));
      expect(await keys.use(key)).toBeProblem('api_key_invalid');
      // The second factor is unchanged: required, with one backup code less
      expect((await factors.signIn(person)).status).toBe(200);
      expect(await factors.verify(await factors.tempToken(person), body.code ?? '')).toBeProblem(
        'two_factor_code_invalid',
      );
    });

    it('links and codes that were already sent', async () => {
      const person = await t.given.verifiedTenant();
      const token = await t.given.resetToken(person);
      await t.post('/auth/otp/request', { email: person.email });
      const code = await phones.code(person.email);
      await person.client.patch('/auth/me', { email: uniqueEmail('wish'), currentPassword: PASSWORD });
      await deletions.left(person.client);

      expect(await t.get(`/auth/reset-password/validate?token=${token}`)).toBeProblem('reset_token_invalid');
      expect(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).toBeProblem(
        'reset_token_invalid',
      );
      expect(await t.post('/auth/otp/verify', { email: person.email, code })).toBeProblem('otp_invalid');
      const open = await t.database.query<{ purpose: string }>(
        'SELECT purpose FROM one_time_secrets WHERE subject_id = $1 AND used_at IS NULL',
        [person.user.id],
      );
      expect(open).toEqual([{ purpose: 'account-restoration' }]);
    });

    it('trusted devices, and the secrets of all of these', async () => {
      const person = await t.given.tenant();
      const values = [person.user.id, person.tenant.id];
      await t.database.query(
        `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes) VALUES (gen_random_uuid(), $2, $1, 'ci', '{}')`,
        values,
      );
      await t.database.query(
        `INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
         VALUES (gen_random_uuid(), $1, $2, '{pwd}', 5, now() + interval '5 minutes')`,
        values,
      );
      await t.database.query(
        `INSERT INTO trusted_devices (id, user_id, address, expires_at)
         VALUES (gen_random_uuid(), $1, '127.0.0.1', now() + interval '30 days')`,
        values.slice(0, 1),
      );
      await t.database.query(
        `INSERT INTO one_time_secrets (id, purpose, hash, subject_id, expires_at)
         SELECT gen_random_uuid(), purpose, sha256(id::text::bytea), id, now() + interval '5 minutes' FROM (
           SELECT id, 'second-factor' AS purpose FROM pending_sign_ins WHERE user_id = $1
           UNION ALL SELECT id, 'trusted-device' FROM trusted_devices WHERE user_id = $1) AS subjects`,
        values.slice(0, 1),
      );
      const subjects = await t.database.query<{ id: string }>(
        `SELECT id FROM pending_sign_ins WHERE user_id = $1 UNION ALL SELECT id FROM trusted_devices WHERE user_id = $1`,
        values.slice(0, 1),
      );
      const alive = async () =>
        t.database.query<{ keys: number; rest: number; secrets: number }>(
          `SELECT (SELECT count(*)::int FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL) AS keys,
             (SELECT count(*)::int FROM pending_sign_ins WHERE user_id = $1)
               + (SELECT count(*)::int FROM trusted_devices WHERE user_id = $1) AS rest,
             (SELECT count(*)::int FROM one_time_secrets WHERE subject_id = ANY ($2) AND used_at IS NULL) AS secrets`,
          [person.user.id, subjects.map(({ id }) => id)],
        );
      expect(await alive()).toEqual([{ keys: 1, rest: 2, secrets: 2 }]);
      await deletions.left(person.client);
      expect(await alive()).toEqual([{ keys: 0, rest: 0, secrets: 0 }]);
      // A restoration brings back no credential
      await deletions.restore(await deletions.token(person.email));
      expect(await alive()).toEqual([{ keys: 0, rest: 0, secrets: 0 }]);
    });
  });

  it('makes the account look like one that never existed', async () => {
    const person = await t.given.verifiedTenant();
    await deletions.left(person.client);
    const [gone, never] = [await logIn(person.email), await logIn(uniqueEmail())];
    const withoutId = ({ text, body }: typeof gone) => text.replace(body.instance, '');
    expect(gone).toBeProblem('invalid_credentials');
    expect(withoutId(gone)).toBe(withoutId(never));

    const sent = await t.inbox.messages(person.email);
    const body = { email: person.email };
    expect((await t.post('/auth/forgot-password', body)).text).toBe(
      (await t.post('/auth/forgot-password', { email: uniqueEmail() })).text,
    );
    expect(await t.inbox.messages(person.email)).toEqual(sent);
  });

  it('keeps the identifiers reserved', async () => {
    const email = uniqueEmail();
    const { client, phone } = await phones.account(uniquePhone(), { email });
    await deletions.left(client);
    expect(await register(email)).toBeProblem('email_taken');
    const signupToken = await phones.signupToken(phone);
    expect(await t.post('/auth/signup', phones.signup(signupToken))).toBeProblem('phone_taken');
  });

  it('is recorded in the audit trail of each tenant, which learns of no other', async () => {
    const person = await t.given.tenant();
    const { body: other } = await person.client.post('/users/me/organisations', {
      name: `Company ${unique()}`,
    });
    await deletions.left(person.client);
    await deletions.restore(await deletions.token(person.email));
    const events = await t.database.query(
      `SELECT action, tenant_id, actor_id, ARRAY(SELECT jsonb_object_keys(detail) ORDER BY 1) AS fields FROM audit_events
       WHERE action IN ('user.deletion_requested', 'user.restored') AND target_id = $1
       ORDER BY occurred_at, tenant_id`,
      [person.user.id],
    );
    const [first, second] = [person.tenant.id, other.id].sort();
    const left = { action: 'user.deletion_requested', actor_id: person.user.id, fields: LEFT };
    const back = { action: 'user.restored', actor_id: null, fields: [] };
    expect(events).toEqual([
      { ...left, tenant_id: first },
      { ...left, tenant_id: second },
      { ...back, tenant_id: first },
      { ...back, tenant_id: second },
    ]);
  });

  it('records in each tenant what ended there, and nothing of another', async () => {
    const owner = await t.given.tenant();
    const person = await t.given.member(owner, 'admin');
    const elsewhere = await t.given.login(person);
    await keys.create(person);
    await keys.create(person);
    const own = (await person.client.post('/users/me/organisations', { name: `Company ${unique()}` })).body;
    await elsewhere.client.post('/users/me/switch-org', { orgId: own.id });
    await t.given.login(person);
    await deletions.left(person.client);
    const details = await t.database.query(
      `SELECT tenant_id, detail - 'deletionAt' AS detail FROM audit_events
       WHERE action = 'user.deletion_requested' AND target_id = $1 ORDER BY tenant_id`,
      [person.user.id],
    );
    expect(details).toEqual([
      { tenant_id: owner.tenant.id, detail: { sessions: 2, apiKeys: 2, trustedDevices: 0 } },
      { tenant_id: own.id, detail: { sessions: 1, apiKeys: 0, trustedDevices: 0 } },
    ]);
  });

  describe('account restoration', () => {
    it('restores everything except the sessions, and opens none', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner, 'manager');
      const other = await member.client.post('/users/me/organisations', { name: `Company ${unique()}` });
      await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE tenant_id = $1`, [
        other.body.id,
      ]);
      const memberships = () =>
        t.database.query('SELECT * FROM memberships WHERE user_id = $1 ORDER BY id', [member.user.id]);
      const before = await memberships();
      await deletions.left(member.client);
      expect((await memberships()).map(({ status }) => status)).toEqual(['leaving', 'leaving']);

      const { status, body } = await deletions.restore(await deletions.token(member.email));
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['message']);
      expect(await memberships()).toEqual(before);
      expect(await member.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const again = await logIn(member.email);
      expect(again.body).toMatchObject({
        user: { id: member.user.id, role: 'manager' },
        tenant: owner.tenant,
      });
      expect((await t.inbox.latest(member.email, 'notice')).subject).toBe('Your account is back');
    });

    it('is offered by SMS where only the phone is the person’s', async () => {
      const { client, phone, password } = await phones.account();
      await deletions.left(client);
      const { text } = await t.inbox.latest(phone, 'account-restoration');
      expect(text.length).toBeLessThanOrEqual(160);
      const token = SMS_LINK.exec(text)?.[1] ?? '';
      expect((await deletions.restore(token)).status).toBe(200);
      expect((await t.post('/auth/login', { phone, password })).status).toBe(200);
    });

    it('skips an address that the person never verified', async () => {
      const email = uniqueEmail();
      const { client, phone } = await phones.account(uniquePhone(), { email });
      await deletions.left(client);
      expect(await t.inbox.messages(email, 'account-restoration')).toEqual([]);
      expect(await t.inbox.messages(phone, 'account-restoration')).toHaveLength(1);
    });

    it('succeeds once in twenty parallel requests', async () => {
      const person = await t.given.tenant();
      await deletions.left(person.client);
      const token = await deletions.token(person.email);
      const replies = await burst(20, () => deletions.restore(token));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 1, 400: 19 });
      for (const reply of replies.filter(({ status }) => status === 400))
        expect(reply).toBeProblem('restoration_token_invalid');
    });

    it('can be repeated, each time with its own link', async () => {
      const person = await t.given.tenant();
      await deletions.left(person.client);
      const first = await deletions.token(person.email);
      await deletions.restore(first);
      await deletions.left((await t.given.login(person)).client);
      expect(await deletions.restore(first)).toBeProblem('restoration_token_invalid');
      expect((await deletions.restore(await deletions.token(person.email))).status).toBe(200);
    });

    it('is refused when the grace period is over', async () => {
      const person = await t.given.tenant();
      await deletions.left(person.client);
      const token = await deletions.token(person.email);
      await t.database.query(`UPDATE users SET deletion_at = now() - interval '1 second' WHERE id = $1`, [
        person.user.id,
      ]);
      expect(await deletions.restore(token)).toBeProblem('restoration_token_invalid');
      expect(await logIn(person.email)).toBeProblem('invalid_credentials');
    });

    it('accepts no link of another kind, and its link is refused everywhere else', async () => {
      const person = await t.given.tenant();
      const reset = await t.given.resetToken(person);
      expect(await deletions.restore(reset)).toBeProblem('restoration_token_invalid');
      expect(await deletions.restore('x')).toBeProblem('restoration_token_invalid');
      await deletions.left(person.client);
      const token = await deletions.token(person.email);
      expect(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).toBeProblem(
        'reset_token_invalid',
      );
      expect((await deletions.restore(token)).status).toBe(200);
    });

    it('is not offered to a person who had the address before another one verified it', async () => {
      const squatter = await t.given.unverifiedTenant();
      await deletions.left(squatter.client);
      const token = await deletions.token(squatter.email);
      const { token: invitation } = await t.given.invitation(await t.given.tenant(), {
        email: squatter.email,
      });
      const joined = await t.post('/auth/invite/accept', { token: invitation, password: NEW_PASSWORD });
      expect(joined.status).toBe(201);

      expect(await deletions.restore(token)).toBeProblem('restoration_token_invalid');
      expect((await logIn(squatter.email, NEW_PASSWORD)).body.user.id).toBe(joined.body.user.id);
    });
  });
});
