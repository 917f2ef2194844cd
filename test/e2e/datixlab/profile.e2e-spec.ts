import { burst, countBy } from '../../support/burst.js';
import { Datixlab, type DatixlabAccount, uuidOf } from '../../support/datixlab.js';
import { NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { uniquePhone } from '../../support/phone.js';
import { NEW_TOKEN } from '../../support/reissued.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the profile at the datixlab contract', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const patch = (account: DatixlabAccount, body: unknown) => d.patch('/me', body, account.client);

  describe('a name', () => {
    it.each([
      ['Cher', 'Cher', { firstName: 'Cher', lastName: '' }],
      ['Zoë  O’Neil-Ånger ', 'Zoë O’Neil-Ånger', { firstName: 'Zoë', lastName: 'O’Neil-Ånger' }],
      ['Mary Ann Evans', 'Mary Ann Evans', { firstName: 'Mary Ann', lastName: 'Evans' }],
    ])('changes to %j, here and in every other contract', async (full_name, shown, names) => {
      const owner = await d.owner();
      const { status, body } = await patch(owner, { full_name });
      expect([status, body.full_name]).toEqual([200, shown]);
      expect(body).toEqual(await d.me(owner.client));
      expect((await owner.client.get('/auth/me')).body).toMatchObject(names);
    });

    it('stays where nothing is sent', async () => {
      const owner = await d.owner();
      const { status, body } = await patch(owner, {});
      expect([status, body]).toEqual([200, await d.me(owner.client)]);
      expect(body.full_name).toBe('Olga Owner');
    });
  });

  describe('a new e-mail address', () => {
    it('is the pending_email until its link is opened in a session of the person', async () => {
      const owner = await d.owner();
      const email = uniqueEmail('new');
      expect(await d.me(owner.client)).not.toHaveProperty('pending_email');

      const { body } = await patch(owner, { email });

      expect(body).toMatchObject({ email: owner.email, pending_email: email });
      expect(body).toEqual(await d.me(owner.client));
      const login = { email, password: owner.password };
      expect(await d.post('/login', login)).toBeProblem('invalid_credentials');

      const token = await t.inbox.token(email, 'verify-email');
      expect((await owner.client.post('/auth/verify-email', { token })).status).toBe(200);
      const me = await d.me(owner.client);
      expect(me.email).toBe(email);
      expect(me).not.toHaveProperty('pending_email');
      expect((await d.post('/login', login)).status).toBe(200);
    });

    it('requires the password once the sign-in is no longer recent', async () => {
      const owner = await d.owner();
      await t.database.pass(1801);
      const email = uniqueEmail('new');
      const without = await patch(owner, { email });
      expect(without).toBeProblem('reauthentication_required');
      expect(without.body.detail).toContain('`current_password`');
      const wrong = await patch(owner, { email, current_password: NEW_PASSWORD });
      expect(wrong).toBeProblem('current_password_incorrect');
      expect(wrong.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/current_password']);
      expect(await d.me(owner.client)).not.toHaveProperty('pending_email');

      const right = await patch(owner, { email, current_password: owner.password });
      expect(right.body.pending_email).toBe(email);
      expect((await patch(owner, { full_name: 'No Password' })).status).toBe(200);
    });

    it('is refused where too many wrong passwords were tried', async () => {
      const owner = await d.owner();
      const body = { email: uniqueEmail('new'), current_password: NEW_PASSWORD };
      const replies = await burst(20, () => patch(owner, body));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 5, 429: 15 });
      expect(await patch(owner, { ...body, current_password: owner.password })).toBeProblem(
        'too_many_attempts',
      );
    });

    it('gets the same response when another account has it', async () => {
      const [owner, other] = [await d.owner(), await t.given.verifiedTenant()];
      const { status, body } = await patch(owner, { email: other.email });
      expect([status, body.pending_email]).toEqual([200, other.email]);
      expect((await t.given.login(other)).user.id).toBe(other.user.id);
    });
  });

  it.each([
    [{ full_name: '' }],
    [{ full_name: '   ' }],
    [{ full_name: 'x'.repeat(161) }],
    [{ full_name: null }],
    [{ full_name: 7 }],
    [{ full_name: 'a\u202eb' }],
    [{ full_name: 'see https://evil.example' }],
    [{ email: 'x' }],
    [{ email: null }],
    [{ current_password: 1 }],
    [{ id: 'user_01h455vb4pex5vsknk084sn02q' }],
    [{ role: 'admin' }],
    [{ organization_id: null }],
    [{ two_factor_enabled: true }],
    [{ assigned_agents: ['agent_abc'] }],
    [{ created_at: '2024-12-15T10:00:00Z' }],
    [{ pending_email: 'x@example.com' }],
    [{ password: 'x' }],
    [{ fullName: 'Of Another Contract' }],
    [{ firstName: 'Of Another Contract' }],
    [{ currentPassword: 'x' }],
  ])('refuses %j, by its name in the request, and changes nothing', async (body) => {
    const owner = await d.owner();
    const before = await d.me(owner.client);
    const reply = await patch(owner, body);
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual([`#/${Object.keys(body).join()}`]);
    expect(await d.me(owner.client)).toEqual(before);
  });

  it('is readable by a person without an organisation', async () => {
    const owner = await d.owner();
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [uuidOf(owner.user.id)]);
    const { user, client } = await d.login(owner);
    const nowhere = { id: owner.user.id, organization_id: null, role: null };
    expect(user).toMatchObject(nowhere);
    expect(await d.me(client)).toMatchObject({ ...nowhere, assigned_agents: [] });
    const { body } = await d.patch('/me', { full_name: 'Still Somebody' }, client);
    expect(body).toMatchObject({ ...nowhere, full_name: 'Still Somebody' });
    expect((await d.post('/refresh', undefined, client)).status).toBe(200);
  });

  it('is readable by a person without an address, too', async () => {
    const owner = await d.owner();
    await t.database.query(`UPDATE users SET email = NULL, phone = $2 WHERE id = $1`, [
      uuidOf(owner.user.id),
      uniquePhone(),
    ]);
    expect(await d.me(owner.client)).toMatchObject({ id: owner.user.id, email: null });
  });

  describe('POST /change-password', () => {
    const change = (account: DatixlabAccount, body: unknown) =>
      d.post('/change-password', body, account.client);

    it('ends every other session, and keeps this one', async () => {
      const owner = await d.owner();
      const other = await d.login(owner);
      const body = { current_password: owner.password, new_password: NEW_PASSWORD };
      expect((await change(owner, body)).body).toEqual({
        success: true,
        message: 'Password changed successfully',
        ...NEW_TOKEN,
      });
      expect((await d.get('/me', owner.client)).status).toBe(200);
      expect(await d.get('/me', other.client)).toBeProblem('access_token_invalid');
      expect((await t.inbox.messages(owner.email, 'notice')).length).toBe(1);
    });

    it.each([
      ['current_password', 'current_password_incorrect', { current_password: 'Not-The-Password-9' }],
      ['new_password', 'password_blocklisted', { new_password: 'password' }],
      ['new_password', 'password_too_short', { new_password: 'Xk9' }],
      ['new_password', 'password_contains_identity', { new_password: 'olgaowner' }],
      ['new_password', 'validation_failed', { new_password: null }],
      ['current_password', 'validation_failed', { current_password: undefined }],
      ['newPassword', 'validation_failed', { newPassword: NEW_PASSWORD }],
    ] as const)('refuses, by #/%s, with %s', async (member, code, overrides) => {
      const owner = await d.owner();
      const valid = { current_password: owner.password, new_password: NEW_PASSWORD };
      const reply = await change(owner, { ...valid, ...overrides });
      expect(reply).toBeProblem(code);
      expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual([`#/${member}`]);
      expect((await d.post('/login', { email: owner.email, password: owner.password })).status).toBe(200);
    });
  });
});
