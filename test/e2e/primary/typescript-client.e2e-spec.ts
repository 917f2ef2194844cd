import {
  createClient,
  type GatehouseClient,
  memoryStore,
  type Result,
} from '../../../clients/typescript/src/index.js';
import { BrowserPage, PAGE, WITH_BROWSER_SESSIONS } from '../../support/browser.js';
import { burst } from '../../support/burst.js';
import { documentedFetch } from '../../support/documented-fetch.js';
import { NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { TwoFactor } from '../../support/two-factor.js';
import { uniqueEmail } from '../../support/unique.js';

/** The answer, or an error that shows the problem. */
function demand<R extends Result<'login'> | { ok: boolean; data?: unknown; problem?: unknown }>(
  result: R,
): Extract<R, { ok: true }> extends { data: infer D } ? D : never {
  if (result.ok) return result.data as never;
  throw new Error(`The server refused: ${JSON.stringify(result.problem)}`);
}

describe('the TypeScript client', () => {
  const t = useSharedApp(WITH_BROWSER_SESSIONS);

  /** A client, and the paths that it has sent. */
  const open = (options: { store?: ReturnType<typeof memoryStore> } = {}) => {
    const sent: string[] = [];
    const counting: typeof fetch = (url, init) => {
      sent.push(`${init?.method} ${new URL(url).pathname}`);
      return documentedFetch(url, init);
    };
    const client = createClient({ baseUrl: `${t.server.origin}/`, fetch: counting, ...options });
    const refreshes = () => sent.filter((line) => line === 'POST /auth/refresh').length;
    return { client, sent, refreshes };
  };
  const register = async (client: GatehouseClient) => {
    const body = t.given.registration();
    const registered = demand(await client.call('register', { body }));
    if (!('user' in registered)) throw new Error('A new account has a second factor');
    const { user, tenant } = registered;
    await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    return { ...body, user, tenant };
  };
  /** The access tokens of all sessions end; their refresh tokens stay. */
  const endAccessTokens = () => t.database.query('UPDATE sessions SET token_version = token_version + 1');

  it('signs up by phone', async () => {
    const { client } = open();
    const phone = uniquePhone();
    demand(await client.call('requestOtp', { body: { phone } }));
    const code = await new Phones(t).code(phone);
    const verified = demand(await client.call('verifyOtp', { body: { phone, code } }));
    if (!('signupToken' in verified)) throw new Error('The number has an account');
    const { signupToken } = verified;
    const { companyName } = t.given.registration();
    const body = { signupToken, name: 'Anita Desai', password: PASSWORD, companyName };
    expect(demand(await client.call('signUp', { body }))).toMatchObject({
      user: { phone, firstName: 'Anita' },
    });
    expect(demand(await client.call('getMe'))).toMatchObject({ phone, phoneVerified: true });
  });

  it('says why a sign-in failed, as a code of that operation', async () => {
    const { client } = open();
    const { email } = await register(open().client);
    const result = await client.call('login', { body: { email, password: 'wrong' } });
    if (result.ok) throw new Error('A wrong password signed in');
    // Compiles only as long as the code is in the union
    const code: 'invalid_credentials' | 'too_many_attempts' | undefined =
      result.problem.code === 'invalid_credentials' || result.problem.code === 'too_many_attempts'
        ? result.problem.code
        : undefined;
    expect(code).toBe('invalid_credentials');
    expect(await client.restore()).toBe(false);
    const anonymous = await client.call('getMe');
    expect(anonymous.problem?.code).toBe('authentication_required');
  });

  it('says how long to wait', async () => {
    const { client } = open();
    const { email } = await register(open().client);
    const failures = await burst(6, () => client.call('login', { body: { email, password: 'wrong' } }));
    const limited = failures.find(({ problem }) => problem?.code === 'too_many_attempts');
    expect(limited).toMatchObject({ ok: false, retryAfterSeconds: expect.any(Number) });
  });

  it('signs in with a second factor, which it turns on before', async () => {
    const { client } = open();
    const { email, password, user } = await register(client);
    const { secret } = demand(await client.call('enableTwoFactor'));
    const authenticator = new Authenticator(secret);
    demand(await client.call('confirmTwoFactor', { body: { code: authenticator.code() } }));
    expect(demand(await client.call('getMe'))).toMatchObject({ twoFactorEnabled: true });
    await new TwoFactor(t).forgetSteps(user.id);

    const other = open().client;
    const first = demand(await other.call('login', { body: { email, password } }));
    if (!('tempToken' in first)) throw new Error('No second factor was required');
    const body = { tempToken: first.tempToken, code: authenticator.code() };
    expect(demand(await other.call('verifyTwoFactor', { body }))).toMatchObject({ user: { email } });
    expect(await other.restore()).toBe(true);
  });

  it('refreshes once for twenty calls whose token has ended, and carries each of them out', async () => {
    const { client, refreshes } = open();
    const { email } = await register(client);
    await endAccessTokens();
    const results = await burst(20, () => client.call('getMe'));
    expect(new Set(results.map((result) => demand(result).email))).toEqual(new Set([email]));
    expect(refreshes()).toBe(1);
  });

  it('refreshes before it gives out a token that is about to end', async () => {
    const store = memoryStore();
    const { client, refreshes } = open({ store });
    await register(client);
    const first = await client.accessToken();
    expect(refreshes()).toBe(0);
    const kept = await store.load();
    await store.save(kept && { ...kept, expiresAt: 0 });
    const tokens = await burst(20, () => client.accessToken());
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(refreshes()).toBe(1);
  });

  it('uses what another client has put into the store, instead of a refresh', async () => {
    const store = memoryStore();
    const [one, other] = [open({ store }), open({ store })];
    await register(one.client);
    await endAccessTokens();
    demand(await one.client.call('getMe'));
    demand(await other.client.call('getMe'));
    expect([one.refreshes(), other.refreshes()]).toEqual([1, 0]);
  });

  it('ends, and says so, when the session has ended at the server', async () => {
    const { client, refreshes } = open();
    const { user } = await register(client);
    const heard: boolean[] = [];
    client.subscribe((isSignedIn) => heard.push(isSignedIn));
    await t.database.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1', [user.id]);
    expect((await client.call('getMe')).problem?.code).toBe('access_token_invalid');
    expect(heard).toEqual([false]);
    expect(await client.accessToken()).toBeNull();
    expect(refreshes()).toBe(1);
  });

  it('does not end where a wrong password is refused, nor repeat that', async () => {
    const { client, sent } = open();
    await register(client);
    const body = { currentPassword: 'wrong', newPassword: NEW_PASSWORD };
    const result = await client.call('changePassword', { body });
    expect(result.problem?.code).toBe('current_password_incorrect');
    expect(sent.filter((line) => line === 'POST /auth/change-password')).toHaveLength(1);
    demand(await client.call('getMe'));
  });

  it('works in another organisation after a switch, and manages its members', async () => {
    const { client } = open();
    await register(client);
    const { companyName } = t.given.registration();
    const { id } = demand(await client.call('createOrganisation', { body: { name: companyName } }));
    expect(demand(await client.call('switchOrganisation', { body: { orgId: id } }))).toMatchObject({
      tenant: { companyName },
    });
    const email = uniqueEmail('mia');
    demand(await client.call('createInvitation', { body: { email, role: 'user' } }));
    const token = await t.inbox.token(email, 'invitation');
    const joining = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    const joined = demand(await open().client.call('acceptInvitation', { body: joining }));
    if (!('user' in joined)) throw new Error('A newcomer has no second factor');
    const { data } = demand(await client.call('listMembers', { query: { limit: 50 } }));
    expect(data.map((member) => member.email)).toContain(email);
    demand(await client.call('removeMember', { path: { id: joined.user.id } }));
    const gone = await client.call('removeMember', { path: { id: joined.user.id } });
    expect(gone.problem?.code).toBe('not_found');
  });

  it('signs out here and at the server', async () => {
    const store = memoryStore();
    const { client } = open({ store });
    await register(client);
    const token = await client.accessToken();
    await client.signOut();
    expect(await store.load()).toBeNull();
    expect((await t.client(token).get('/auth/me')).status).toBe(401);
  });

  it('gives up a call whose signal aborts, and goes on with the refresh of the others', async () => {
    const { client, refreshes } = open();
    await register(client);
    await endAccessTokens();
    const aborted = client.call('getMe', { signal: AbortSignal.abort() });
    const [failed, other] = await Promise.allSettled([aborted, client.call('getMe')]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(refreshes()).toBe(1);
  });

  it('keeps the session where no answer comes', async () => {
    const store = memoryStore();
    const { client } = open({ store });
    await register(client);
    const unreachable = createClient({ baseUrl: 'http://127.0.0.1:9', store });
    await expect(unreachable.call('getMe')).rejects.toThrow('fetch failed');
    demand(await client.call('getMe'));
  });

  it.each([401, 502])('says what a proxy in front of the server answered: %i', async (status) => {
    const answer = () => Promise.resolve(new Response('<p>Sign in to the proxy', { status }));
    const behind = createClient({ baseUrl: t.server.origin, fetch: answer });
    await expect(behind.call('getMe')).rejects.toThrow(`${status}: <p>Sign in to the proxy`);
  });

  it.each(['', '.', '..'])('sends no request with "%s" in a path, which would be another one', async (id) => {
    const { client, sent } = open();
    await expect(client.call('removeMember', { path: { id } })).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });

  it('has no refresh token in cookie mode, and asks with the cookie for the next access token', async () => {
    const page = new BrowserPage(t.client());
    const asked: string[] = [];
    const inBrowser: typeof fetch = async (url, init) => {
      const path = new URL(url).pathname;
      const { authorization = '', ...headers } = (init?.headers ?? {}) as Record<string, string>;
      asked.push(`${path} ${init?.credentials} ${headers['x-session-mode']}`);
      const token = authorization.replace('Bearer ', '');
      const how = { token: token === '' ? null : token, headers };
      const reply =
        init?.method === 'GET'
          ? await page.client.get(path, how)
          : await page.post(path, init?.body ?? undefined, how);
      const body = reply.text === '' ? null : reply.text;
      return new Response(body, {
        status: reply.status,
        headers: { 'content-type': reply.headers['content-type'] ?? '' },
      });
    };
    const openPage = (store = memoryStore()) =>
      createClient({ baseUrl: PAGE, mode: 'cookie', fetch: inBrowser, store });
    const store = memoryStore();
    const { email } = await register(openPage(store));
    expect(await store.load()).not.toHaveProperty('refreshToken');
    expect(page.cookie).not.toBeNull();
    const reloaded = openPage();
    expect(await reloaded.restore()).toBe(true);
    expect(demand(await openPage().call('getMe')).email).toBe(email);
    await reloaded.signOut();
    expect(page.cookie).toBeNull();
    expect(await openPage().restore()).toBe(false);
    expect(new Set(asked.map((line) => line.replace(/^\S+ /, '')))).toEqual(new Set(['include cookie']));
  });
});
