import { decodeJwt } from 'jose';
import { at, Datixlab, type DatixlabAnswer, uuidOf } from '../../support/datixlab.js';
import { unique, uniqueEmail } from '../../support/given.js';
import { NEW_TOKEN } from '../../support/reissued.js';
import * as seed from '../../support/seeds/datixlab.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { TwoFactor } from '../../support/two-factor.js';

const DAY_MS = 86_400_000;
/** As printed: whole seconds. */
const PRINTED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('the published description of the datixlab contract', () => {
  // With every limit, as a reader of the description has it
  const t = useSharedApp({ THROTTLE_ENABLED: null });
  const d = new Datixlab(t);
  const john = () => d.owner({ full_name: 'John Doe', password: seed.login.request.password });

  it('holds for its own requests, one after the other', async () => {
    const registered = await d.post('/register', seed.register.request);
    expect(registered.status).toBe(201);
    expect(registered.body).toHaveShape(seed.register.answer);

    const loggedIn = await d.post('/login', seed.login.request);
    expect(loggedIn.status).toBe(200);
    expect(loggedIn.body).toHaveShape(seed.login.answer);

    const refreshed = await d.post('/refresh', undefined, t.client(loggedIn.body.access_token));
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).toHaveShape(seed.refresh.answer);

    const client = t.client(refreshed.body.access_token);
    const me = { ...seed.me.answer, two_factor_enabled: false };
    const shown = await d.get('/me', client);
    expect(shown.status).toBe(200);
    expect(shown.body).toHaveShape(me, { nullable: ['assigned_agents'] });

    const updated = await d.patch('/me', seed.updateMe.request, client);
    expect(updated.status).toBe(200);
    expect(updated.body).toHaveShape({ ...me, full_name: 'John Smith' }, { nullable: ['assigned_agents'] });
    expect(updated.body.pending_email).toBe(seed.updateMe.request.email);

    const loggedOut = await d.post('/logout', undefined, client);
    expect([loggedOut.status, loggedOut.body]).toEqual([200, seed.logout.answer]);
  });

  it('holds for changes of the printed passwords', async () => {
    const { current_password: password, new_password: next } = seed.changePassword.request;
    const { email, client } = await d.owner({ password });
    const { status, body } = await d.post('/change-password', seed.changePassword.request, client);
    expect([status, body]).toEqual([200, { ...seed.changePassword.answer, ...NEW_TOKEN }]);
    expect(await d.post('/login', { email, password })).toBeProblem('invalid_credentials');
    expect((await d.post('/login', { email, password: next })).status).toBe(200);
  });

  it('holds for two-factor authentication turned on, required at sign-in, and turned off', async () => {
    const { email, client } = await john();

    const enabled = await d.post('/enable-2fa', undefined, client);
    expect(enabled.status).toBe(200);
    expect(enabled.body).toHaveShape(seed.enableTwoFactor.answer);
    const { secret, backup_codes } = enabled.body;
    expect(new Set(backup_codes).size).toBe(seed.enableTwoFactor.answer.backup_codes.length);
    const authenticator = new Authenticator(secret);

    const confirmed = await d.post('/confirm-2fa', { code: authenticator.code() }, client);
    expect([confirmed.status, confirmed.body]).toEqual([
      200,
      { ...seed.confirmTwoFactor.answer, ...NEW_TOKEN },
    ]);

    const loggedIn = await d.post('/login', { ...seed.login.request, email });
    expect(loggedIn.status).toBe(200);
    expect(loggedIn.body).toHaveShape(seed.loginWithSecondFactor.answer);

    const verified = await d.verify(loggedIn.body.temp_token, authenticator.nextCode());
    expect(verified.status).toBe(200);
    expect(verified.body).toHaveShape(seed.verifyTwoFactor.answer, { varying: ['user.email'] });

    const { password } = seed.disableTwoFactor.request;
    const disabled = await d.post('/disable-2fa', { password, code: backup_codes[9] }, client);
    expect([disabled.status, disabled.body]).toEqual([
      200,
      { ...seed.disableTwoFactor.answer, ...NEW_TOKEN },
    ]);
  });

  it('holds for API keys created, listed and revoked', async () => {
    const { client } = await d.owner();

    const made = await d.post('/api-keys', seed.createApiKey.request, client);
    expect(made.status).toBe(201);
    expect(made.body).toHaveShape(seed.createApiKey.answer);
    const { id, key, created_at, expires_at } = made.body;
    for (const time of [created_at, expires_at]) expect(time).toMatch(PRINTED_TIME);
    expect(Date.parse(expires_at ?? '') - Date.parse(created_at)).toBe(365 * DAY_MS);

    const unused = await d.get('/api-keys', client);
    expect(unused.body).toHaveShape(seed.listApiKeys.answer, { nullable: ['api_keys[0].last_used_at'] });
    expect(unused.body.api_keys[0]?.last_used_at).toBeNull();

    await t.database.query('UPDATE api_keys SET last_used_at = now() WHERE id = $1', [uuidOf(id)]);
    const listed = await d.get('/api-keys', client);
    expect([listed.status, listed.body.api_keys.length]).toEqual([200, 1]);
    expect(listed.body).toHaveShape(seed.listApiKeys.answer);
    const [shown] = listed.body.api_keys;
    expect(shown).toMatchObject({ id, created_at, expires_at, key_prefix: `${key.slice(0, 11)}...` });
    expect(shown?.last_used_at).toMatch(PRINTED_TIME);
    expect(listed.text).not.toContain(key.slice(11));

    const revoked = await d.delete(`/api-keys/${id}`, client);
    expect([revoked.status, revoked.body]).toEqual([200, seed.revokeApiKey.answer]);
    expect((await d.get('/api-keys', client)).body.api_keys).toEqual([]);
  });

  it('returns the printed keys and no other', async () => {
    const keys = (answer: object) => Object.keys(answer).sort();
    const body = d.registration();
    const registered = await d.post('/register', body);
    expect(keys(registered.body)).toEqual(keys(seed.register.answer));
    const loggedIn = await d.post('/login', { email: body.email, password: body.password });
    expect(keys(loggedIn.body)).toEqual(keys(seed.login.answer));
    expect(keys(loggedIn.body.user)).toEqual(keys(seed.login.answer.user));
    const client = t.client(loggedIn.body.access_token);
    const refreshed = await d.post('/refresh', undefined, client);
    expect(keys(refreshed.body)).toEqual(keys(seed.refresh.answer));
    expect(keys(await d.me(client))).toEqual(keys(seed.me.answer));
  });

  it('returns them about second factors and API keys, too, in the printed order', async () => {
    const keys = (answer: object | undefined) => Object.keys(answer ?? {});
    const { email, password, client } = await d.owner();
    const enabled = await d.post('/enable-2fa', undefined, client);
    expect(keys(enabled.body)).toEqual(keys(seed.enableTwoFactor.answer));
    const authenticator = new Authenticator(enabled.body.secret);
    await d.post('/confirm-2fa', { code: authenticator.code() }, client);
    const { body: asked } = await d.post('/login', { email, password });
    expect(keys(asked)).toEqual(keys(seed.loginWithSecondFactor.answer));
    const { body: verified } = await d.verify(asked.temp_token, authenticator.nextCode());
    expect(keys(verified)).toEqual(keys(seed.verifyTwoFactor.answer));
    // The response of a sign-in: the shorter print leaves the organisation out
    expect(keys(verified.user)).toEqual(keys(seed.login.answer.user));

    const made = await d.post('/api-keys', seed.createApiKey.request, client);
    expect(keys(made.body)).toEqual(keys(seed.createApiKey.answer));
    const { body: listed } = await d.get('/api-keys', client);
    expect(keys(listed)).toEqual([...keys(seed.listApiKeys.answer), 'next_cursor']);
    expect(keys(listed.api_keys[0])).toEqual(keys(seed.listApiKeys.answer.api_keys[0]));
  });

  it('gives the same values in every response', async () => {
    const body = d.registration();
    const registered = (await d.post('/register', body)).body;
    const { user, access_token: token } = (await d.post('/login', credentialsOf(body))).body;
    const me = await d.me(t.client(token));
    expect(user).toEqual({ ...identityOf(registered), two_factor_enabled: false });
    expect(me).toEqual({ ...user, created_at: registered.created_at, assigned_agents: [] });
    expect(registered.created_at).toMatch(PRINTED_TIME);
  });

  it('has the core’s ids inside its own, and names the organisation in the token as `org_id`', async () => {
    const { user, client, accessToken } = await d.owner();
    const inPrimary = (await client.get('/auth/me')).body;
    expect([uuidOf(user.id), uuidOf(user.organization_id ?? '')]).toEqual([
      inPrimary.id,
      inPrimary.tenant.id,
    ]);
    expect(decodeJwt(accessToken)).toMatchObject({
      sub: inPrimary.id,
      org_id: inPrimary.tenant.id,
      role: 'admin',
    });
  });

  it('returns a person with two-factor authentication, and the agents assigned in the active organisation', async () => {
    const { user, client } = await john();
    await new TwoFactor(t).enable(client);
    await t.database.query('UPDATE memberships SET assigned_agents = $2 WHERE user_id = $1', [
      uuidOf(user.id),
      seed.me.answer.assigned_agents,
    ]);
    const me = await d.me(client);
    expect(me).toHaveShape(seed.me.answer, { varying: ['email', 'assigned_agents[1]'] });
    expect(me.assigned_agents).toEqual(seed.me.answer.assigned_agents);
    expect(me.created_at).toMatch(PRINTED_TIME);
  });

  it('gives an organisation whose name is taken a slug of its own', async () => {
    const organization_name = `Twin Labs ${unique()}`;
    const owners = [await d.owner({ organization_name }), await d.owner({ organization_name })];
    const [first, second] = await Promise.all(
      owners.map(async ({ client }) => (await client.get('/auth/me')).body.tenant),
    );
    expect(second?.slug).toBe(`${first?.slug}-2`);
    expect(second?.companyName).toBe(organization_name);
  });

  it('gives the administrator a member with a role of their own', async () => {
    const owner = await d.verifiedOwner();
    const email = uniqueEmail('member');
    expect((await owner.client.post('/auth/invite', { email, role: 'member' })).status).toBe(201);
    const token = await t.inbox.token(email, 'invitation');
    const names = { firstName: 'Mia', lastName: 'Member' };
    await t.post('/auth/invite/accept', { token, password: 'Vexed-Oboe-7', ...names });
    const { user } = await d.login({ email, password: 'Vexed-Oboe-7' });
    expect(user).toMatchObject({ role: 'member', organization_id: owner.user.organization_id });
  });
});

describe('POST /v1/auth/register', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);

  it('opens no session: the response has no token', async () => {
    const body = d.registration();
    const { text } = await d.post('/register', body);
    expect(text).not.toContain('eyJ');
    const owner = await d.login(body);
    const { body: listed } = await owner.client.get('/auth/sessions');
    expect(listed.data.map(({ current }) => current)).toEqual([true]);
  });

  it('sends a link that verifies the address, and no notice of a new device at the first sign-in', async () => {
    const { email, client } = await d.owner();
    const token = await t.inbox.token(email, 'verify-email');
    expect((await client.post('/auth/verify-email', { token })).status).toBe(200);
    expect(await t.inbox.messages(email, 'notice')).toEqual([]);
  });

  it.each([
    ['Cher', 'Cher', { firstName: 'Cher', lastName: '' }],
    ['  Mary  Ann   Evans ', 'Mary Ann Evans', { firstName: 'Mary Ann', lastName: 'Evans' }],
  ])('accepts the name %j', async (full_name, shown, names) => {
    const { user, client } = await d.owner({ full_name });
    expect(user.full_name).toBe(shown);
    expect((await client.get('/auth/me')).body).toMatchObject(names);
  });

  it('accepts an address once, in whatever notation, of twenty parallel requests', async () => {
    const email = uniqueEmail();
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        t.client().post<DatixlabAnswer>(at('/register'), {
          ...d.registration(),
          email: index % 2 === 0 ? email : email.toUpperCase(),
        }),
      ),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      expect(reply).toBeProblem('email_taken');
    }
  });
});

const credentialsOf = ({ email, password }: { email: string; password: string }) => ({ email, password });

function identityOf({ id, email, full_name, role, organization_id }: DatixlabAnswer) {
  return { id, email, full_name, role, organization_id };
}
