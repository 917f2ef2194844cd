import { decodeJwt } from 'jose';
import type { ErrorCode } from '../../../src/common/error-catalogue.js';
import { ApiKeys, bytesOf, NEVER_ISSUED } from '../../support/api-keys.js';
import type { Client, Reply } from '../../support/client.js';
import { epochSeconds } from '../../support/clock.js';
import { readSigningKey, resign } from '../../support/forge.js';
import { type Account, PASSWORD, unique } from '../../support/given.js';
import { MEMBERS, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const PATH = '/auth/introspect';
const FORM = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };

interface Introspection {
  active: boolean;
  exp?: number;
  iat?: number;
  permissions?: Record<string, Record<string, boolean>>;
}

const ask = (client: Client, token: string) => client.post<Introspection>(PATH, { token });
const secondsOf = (time: string | null | undefined) => Math.floor(Date.parse(time ?? '') / 1000);

describe('POST /auth/introspect', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  const tenants = new Tenants(t);
  const twoFactor = new TwoFactor(t);
  let owner: Account;
  /** The service behind Gatehouse, with its key. */
  let service: Client;

  beforeAll(async () => {
    owner = await t.given.tenant();
    service = t.client((await keys.create(owner, { scopes: [] })).key);
  });

  describe('of an access token', () => {
    it('returns its claims and the permissions of its person', async () => {
      const member = await t.given.member(owner, 'manager');
      const { status, body, headers } = await ask(service, member.accessToken);
      const { iss, sub, client_id, aud, exp, iat, jti, sid } = decodeJwt(member.accessToken);
      expect(client_id).toBe('primary');
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toEqual({
        ...{ active: true, token_type: 'Bearer', iss, sub, client_id, aud, exp, iat, jti, sid },
        org_id: owner.tenant.id,
        role: 'manager',
        role_level: 50,
        permissions: (await member.client.get('/auth/me')).body.permissions,
      });
      expect(sub).toBe(member.user.id);
    });

    it('that was issued before people’s tokens had a client, names the product', async () => {
      const signing = await readSigningKey(t);
      const earlier = await resign(owner.accessToken, signing, { claims: { client_id: undefined } });
      expect(decodeJwt(earlier)).not.toHaveProperty('client_id');
      expect((await ask(service, earlier)).body).toEqual((await ask(service, owner.accessToken)).body);
      expect((await t.client(earlier).get('/auth/me')).status).toBe(200);
    });

    it('uses a changed role at the next request', async () => {
      const member = await t.given.member(owner, 'manager');
      expect((await ask(service, member.accessToken)).body.permissions?.leads?.delete).toBe(true);
      await keys.setRole(member, 'user');
      const { body } = await ask(service, member.accessToken);
      expect(body).toMatchObject({ active: true, role: 'user', role_level: 10 });
      expect(body.permissions).toEqual((await member.client.get('/auth/me')).body.permissions);
      expect(body.permissions?.leads?.delete).toBe(false);
    });
  });

  describe('of an API key', () => {
    it('returns its owner and its effective scopes', async () => {
      const request = { scopes: ['leads.view', 'leads.delete'], expiresInDays: 7 };
      const member = await t.given.member(owner, 'manager');
      const { id, key, scopes, createdAt, expiresAt } = await keys.create(member, request);
      await keys.setRole(member, 'user');
      const { body } = await ask(service, key);
      expect(body).toEqual({
        active: true,
        token_type: 'api_key',
        sub: member.user.id,
        client_id: id,
        org_id: owner.tenant.id,
        iat: secondsOf(createdAt),
        exp: secondsOf(expiresAt),
        scope: 'leads.view',
        permissions: (await keys.use(key)).body.permissions,
      });
      expect(scopes.sort()).toEqual(['leads.delete', 'leads.view']);
      expect(body.permissions?.leads).toMatchObject({ view: true, edit: false, delete: false });
    });

    it('returns the expiry of the secret in the request, which a rotation moves closer', async () => {
      const { id, key } = await keys.create(owner, { expiresInDays: 7 });
      const { exp: planned = 0 } = (await ask(service, key)).body;
      const rotated = (await keys.rotate(owner, id, { overlapSeconds: 600 })).body;
      const { exp: retired = 0 } = (await ask(service, key)).body;
      const { exp: renewed = 0, iat = 0 } = (await ask(service, rotated.key)).body;
      expect([retired < planned, retired - iat, renewed >= planned]).toEqual([true, 600, true]);
    });

    it('returns no expiry where the key has none', async () => {
      const other = await t.given.tenant();
      await keys.setPolicy(other, 'allow_keys_without_expiry');
      const { key } = await keys.create(other, { expiresAt: null });
      const { body } = await ask(other.client, key);
      expect(body.active).toBe(true);
      expect(body).not.toHaveProperty('exp');
    });

    it('checks the address of the request against the list of the key', async () => {
      const { key } = await keys.create(owner, { allowedAddresses: [service.address] });
      expect((await ask(service, key)).body.active).toBe(true);
      expect((await ask(owner.client, key)).body).toEqual({ active: false });
    });
  });

  describe('returns identical bytes for', () => {
    let inactive: string;
    const expectInactive = async (token: string, client = service): Promise<void> => {
      const reply: Reply<unknown> = await ask(client, token);
      expect(bytesOf(reply)).toBe(inactive);
    };

    beforeAll(async () => {
      const reply = await ask(service, 'x');
      expect([reply.status, reply.text]).toEqual([200, '{"active":false}']);
      inactive = bytesOf(reply);
    });

    it.each(['x', 'a.b.c', '..', ' ', 'é\u2028', 'sk_live_', NEVER_ISSUED, 'A'.repeat(4096)])(
      'garbage: %j',
      async (token) => {
        await expectInactive(token);
      },
    );

    it('a token with one change, or with something added', async () => {
      const { key } = await keys.create(owner);
      for (const token of [owner.accessToken, key]) {
        expect((await ask(service, token)).body.active).toBe(true);
        const last = token.endsWith('A') ? 'Q' : 'A';
        const broken = [token.slice(0, -1) + last, token.slice(1), `${token}A`, ` ${token}`, `${token} x`];
        for (const one of [...broken, `Bearer ${token}`, token.toUpperCase()]) await expectInactive(one);
      }
    });

    it('an expired access token', async () => {
      const now = epochSeconds();
      const claims = { exp: now - 10, iat: now - 20, nbf: now - 20 };
      const expired = await resign(owner.accessToken, await readSigningKey(t), { claims });
      await expectInactive(expired);
    });

    it('a refresh token, a temp token and the secret of a link', async () => {
      await expectInactive(owner.refreshToken);
      await expectInactive(await twoFactor.tempToken(await twoFactor.owner()));
      await expectInactive(await t.given.resetToken(owner));
    });

    it('a session that was signed out, and a key that was revoked', async () => {
      const member = await t.given.member(owner, 'manager');
      const { id, key } = await keys.create(member);
      expect((await ask(service, key)).body.active).toBe(true);
      await member.client.delete(`/auth/api-keys/${id}`);
      await member.client.post('/auth/logout');
      for (const token of [key, member.accessToken]) await expectInactive(token);
    });

    it('the tokens of another organisation, and the own token asked about from there', async () => {
      const other = await t.given.tenant();
      const { key } = await keys.create(other);
      for (const token of [key, other.accessToken]) {
        expect((await ask(other.client, token)).body.active).toBe(true);
        await expectInactive(token);
      }
      const theirs = t.client(key);
      expect((await ask(theirs, owner.accessToken)).text).toBe('{"active":false}');
    });

    it('a colleague’s session that has switched to another organisation', async () => {
      const member = await t.given.member(owner, 'manager');
      const other = await member.client.post('/users/me/organisations', { name: `Own ${unique()}` });
      expect((await ask(service, member.accessToken)).body.active).toBe(true);
      const moved = await member.client.post('/users/me/switch-org', { orgId: other.body.id });
      expect([other.status, moved.status]).toEqual([201, 200]);
      await expectInactive(moved.body.accessToken);
      await expectInactive(member.accessToken);
    });

    it.each(['suspended', 'removed'])('a member who was %s', async (how) => {
      const { owner: boss, manager } = await tenants.staff();
      const { key } = await keys.create(manager);
      for (const token of [key, manager.accessToken]) {
        expect((await ask(boss.client, token)).body.active).toBe(true);
      }
      const member = `${MEMBERS}/${manager.user.id}`;
      if (how === 'suspended') await boss.client.post(`${member}/suspend`);
      else await boss.client.delete(member);
      for (const token of [key, manager.accessToken]) {
        expect((await ask(boss.client, token)).text).toBe('{"active":false}');
      }
    });

    it('a person who must still set up the second factor', async () => {
      const strict = await twoFactor.owner();
      const colleague = await t.given.member(strict, 'manager');
      const { key } = await keys.create(colleague);
      const tokens = [key, colleague.accessToken];
      for (const token of tokens) expect((await ask(strict.client, token)).body.active).toBe(true);
      await keys.setPolicy(strict, 'require_two_factor');
      for (const token of tokens) expect((await ask(strict.client, token)).text).toBe('{"active":false}');
      expect((await ask(strict.client, strict.accessToken)).status).toBe(200);
    });
  });

  it('reads the form of RFC 7662 as well as JSON, and ignores the hint', async () => {
    const { accessToken } = owner;
    const { text } = await ask(service, accessToken);
    for (const hint of ['access_token', 'refresh_token', 'x', '']) {
      const form = new URLSearchParams({ token: accessToken, token_type_hint: hint }).toString();
      expect((await service.post(PATH, form, FORM)).text).toBe(text);
      expect((await service.post(PATH, { token: accessToken, token_type_hint: hint })).text).toBe(text);
    }
    const { key } = await keys.create(owner);
    const { body } = await service.post<Introspection>(PATH, `token=${key}`, FORM);
    expect(body.active).toBe(true);
    expect((await service.post(PATH, 'token=%E0%A4', FORM)).text).toBe('{"active":false}');
  });

  it.each<[string, ErrorCode]>([
    ['', 'validation_failed'],
    ['token=', 'validation_failed'],
    ['token=x&user=1', 'validation_failed'],
    ['token[]=x', 'validation_failed'],
    ['token=x&token=y', 'malformed_request'],
    ['token=x&__proto__=y', 'malformed_json'],
    [Array.from({ length: 1001 }, (_, index) => `k${index}=1`).join('&'), 'malformed_request'],
    ['token=x%00', 'malformed_request'],
    [`token=${'x'.repeat(4097)}`, 'validation_failed'],
    [`token=${'x'.repeat(101 * 1024)}`, 'body_too_large'],
  ])('refuses the form %#', async (form, code) => {
    expect(await service.post(PATH, form, FORM)).toBeProblem(code);
  });

  it('requires a credential, and an active organisation', async () => {
    const { accessToken } = owner;
    expect(await ask(t.client(), accessToken)).toBeProblem('authentication_required');
    expect(await ask(t.client('x'), accessToken)).toBeProblem('access_token_invalid');
    expect(await ask(t.client(NEVER_ISSUED), accessToken)).toBeProblem('api_key_invalid');
    const form = `token=${accessToken}&access_token=${accessToken}`;
    expect(await t.client().post(PATH, form, FORM)).toBeProblem('authentication_required');

    const member = await t.given.member(owner);
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
    const { body } = await t.post('/auth/login', { email: member.email, password: PASSWORD });
    expect(await ask(t.client(body.accessToken), accessToken)).toBeProblem('no_active_tenant');
  });

  it('accepts a colleague or a key in any header as the caller', async () => {
    const { key } = await keys.create(owner, { scopes: [] });
    const colleague = await t.given.member(owner, 'user');
    expect((await ask(colleague.client, owner.accessToken)).body.active).toBe(true);
    const options = { token: null, headers: { 'x-api-key': key } };
    const reply = await t.client().post<Introspection>(PATH, { token: owner.accessToken }, options);
    expect(reply.body.active).toBe(true);
  });
});

describe('the use of a key', () => {
  const t = useSharedApp({ API_KEY_USAGE_FLUSH_SECONDS: '300' });
  const keys = new ApiKeys(t);

  it('is not counted for a key that is only introspected', async () => {
    const owner = await t.given.tenant();
    const asking = await keys.create(owner);
    const asked = await keys.create(owner);
    for (let count = 0; count < 3; count += 1) {
      expect((await ask(t.client(asking.key), asked.key)).body.active).toBe(true);
    }
    // A stop writes the counts
    await t.server.restart();
    const { data } = await keys.list(owner);
    const lastUse = (id: string) => data.find((one) => one.id === id)?.lastUsedAt;
    expect([lastUse(asked.id), typeof lastUse(asking.id)]).toEqual([null, 'string']);
  });
});
