import { decodeJwt } from 'jose';
import { resemblesKey } from '../../../src/modules/api-keys/key-text.js';
import { burst, countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { epochSeconds } from '../../support/clock.js';
import { Datixlab, uuidOf } from '../../support/datixlab.js';
import { readSigningKey, resign, tamper } from '../../support/forge.js';
import { NEW_PASSWORD, unique } from '../../support/given.js';
import { Katixo } from '../../support/katixo.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const DAY = 86_400;

describe('POST /v1/auth/refresh', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const refresh = (client: Client) => d.post('/refresh', undefined, client);
  const refreshWith = (token: string) => refresh(t.client(token));

  it('issues another access token for the same session, and leaves the old one valid', async () => {
    const { client, accessToken } = await d.owner();

    const { status, body } = await refresh(client);

    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    const [old, next] = [decodeJwt(accessToken), decodeJwt(body.access_token)];
    expect(next).toMatchObject({ sub: old.sub, sid: old.sid, org_id: old.org_id });
    expect(next.jti).not.toBe(old.jti);
    for (const token of [accessToken, body.access_token]) {
      expect((await d.get('/me', t.client(token))).status).toBe(200);
    }
    expect((await refreshWith(body.access_token)).status).toBe(200);
  });

  it('is refused in a session that has a refresh token, which alone can refresh it', async () => {
    const { accessToken, refreshToken, client } = await t.given.tenant();
    expect(await refreshWith(accessToken)).toBeProblem('access_token_invalid');
    expect((await client.get('/auth/me')).status).toBe(200);
    const exchanged = await t.post('/auth/refresh', { refreshToken });
    expect(exchanged.status).toBe(200);
    expect(await refreshWith(exchanged.body.accessToken)).toBeProblem('access_token_invalid');

    const { accessToken: fromKatixo } = await new Katixo(t).owner();
    expect(await refreshWith(fromKatixo)).toBeProblem('access_token_invalid');
  });

  it('depends on the contract that returned the token, where another one took the second factor', async () => {
    const twoFactor = new TwoFactor(t);
    const owner = await twoFactor.owner();
    const there = await twoFactor.verify(await d.tempToken(owner), owner.authenticator.code());
    expect(await refreshWith(there.body.accessToken)).toBeProblem('access_token_invalid');
    await twoFactor.forgetSteps(owner.user.id);
    const here = await d.verify(await twoFactor.tempToken(owner), owner.authenticator.code());
    expect((await refreshWith(here.body.access_token)).status).toBe(200);
  });

  it('is counted at each call, and recorded when it comes from another device', async () => {
    const { client, user, accessToken } = await d.owner();
    await refresh(client);
    const elsewhere = { headers: { 'user-agent': 'another device' } };
    await client.post('/v1/auth/refresh', undefined, elsewhere);
    await client.post('/v1/auth/refresh', undefined, elsewhere);
    const events = await t.database.query(
      `SELECT target_id, tenant_id, address FROM audit_events WHERE actor_id = $1 AND action = 'session.refreshed'`,
      [uuidOf(user.id)],
    );
    const { sid, org_id } = decodeJwt(accessToken);
    const event = { target_id: sid, tenant_id: org_id, address: client.address };
    expect(events).toEqual([event]);
    const counted = await t.database.query('SELECT refresh_count FROM sessions WHERE id = $1', [sid]);
    expect(counted).toEqual([{ refresh_count: 3 }]);
  });

  it('gives each of twenty parallel calls a token of its own, for the same session', async () => {
    const { client } = await d.owner();
    const replies = await burst(20, () => refresh(client));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 20 });
    const claims = replies.map(({ body }) => decodeJwt(body.access_token));
    expect(new Set(claims.map(({ sid }) => sid)).size).toBe(1);
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(20);
  });

  it('does not revive a session that signs out at the same time', async () => {
    const { client, accessToken } = await d.owner();
    const calls = await burst(20, (turn) =>
      turn === 10 ? d.post('/logout', undefined, client) : refresh(client),
    );
    expect(calls[10]?.status).toBe(200);
    const tokens = [accessToken, ...calls.map(({ body }) => body.access_token).filter(Boolean)];
    for (const token of tokens) expect(await refreshWith(token)).toBeProblem('access_token_invalid');
  });

  describe('the session ends', () => {
    it('after seven idle days', async () => {
      const { client } = await d.owner();
      await t.database.pass(7 * DAY - 600);
      expect((await refresh(client)).status).toBe(200);
      await t.database.pass(7 * DAY - 600);
      expect((await refresh(client)).status).toBe(200);
      await t.database.pass(7 * DAY + 1);
      expect(await refresh(client)).toBeProblem('access_token_invalid');
    });

    it('thirty days after sign-in, however often it is refreshed', async () => {
      const { client } = await d.owner();
      let token = '';
      for (let turn = 0; turn < 5; turn += 1) {
        await t.database.pass(6 * DAY - 60);
        const { status, body } = await refresh(client);
        expect(status).toBe(200);
        token = body.access_token;
        if (turn < 4) expect(body.expires_in).toBe(3600);
        else expect(body.expires_in).toBeLessThanOrEqual(300);
        const { exp = 0, iat = 0 } = decodeJwt(token);
        expect(exp - iat).toBe(body.expires_in);
      }
      await t.database.pass(301);
      expect(await refresh(client)).toBeProblem('access_token_invalid');
      expect(await refreshWith(token)).toBeProblem('access_token_invalid');
    });

    it.each([
      ['the account', `UPDATE users SET status = 'closed' WHERE id = $1`],
      ['the membership, removed', 'DELETE FROM memberships WHERE user_id = $1'],
      ['the membership, suspended', `UPDATE memberships SET status = 'suspended' WHERE user_id = $1`],
      [
        'the tenant',
        `UPDATE tenants SET status = 'suspended' WHERE id = (SELECT tenant_id FROM memberships WHERE user_id = $1)`,
      ],
    ])('with the end of %s', async (_, sql) => {
      const { client, user } = await d.owner();
      await t.database.query(sql, [uuidOf(user.id)]);
      expect(await refresh(client)).toBeProblem('access_token_invalid');
    });

    it('when the organisation’s session lifetime is over, for the new token too', async () => {
      const { client } = await d.owner();
      const policies = { sessionLifetimeSeconds: 3600 };
      expect((await client.patch('/tenants/current', { policies })).status).toBe(200);
      await t.database.pass(55 * 60);
      const { status, body } = await refresh(client);
      expect(status).toBe(200);
      expect(body.expires_in).toBeLessThanOrEqual(300);
      await t.database.pass(301);
      for (const token of [client, t.client(body.access_token)]) {
        expect(await refresh(token)).toBeProblem('access_token_invalid');
      }
    });

    it('with a sign-out, a password change elsewhere, and a revocation elsewhere', async () => {
      const owner = await d.owner();
      const [out, changed, ended] = [await d.login(owner), await d.login(owner), await d.login(owner)];
      await d.post('/logout', undefined, out.client);
      const { body: listed } = await ended.client.get('/auth/sessions');
      const id = listed.data.find(({ current }) => current)?.id;
      expect((await owner.client.delete(`/auth/sessions/${id}`)).status).toBe(204);
      const body = { current_password: owner.password, new_password: NEW_PASSWORD };
      expect((await d.post('/change-password', body, owner.client)).status).toBe(200);

      for (const { client } of [out, changed, ended]) {
        expect(await refresh(client)).toBeProblem('access_token_invalid');
      }
      expect((await refresh(owner.client)).status).toBe(200);
    });

    it('for the old token, with a switch to another organisation', async () => {
      const { client } = await d.owner();
      const created = await client.post('/users/me/organisations', { name: `Second ${unique()}` });
      const moved = await client.post('/users/me/switch-org', { orgId: created.body.id });
      expect(await refresh(client)).toBeProblem('access_token_invalid');
      const { body } = await refreshWith(moved.body.accessToken);
      expect(decodeJwt(body.access_token).org_id).toBe(created.body.id);
    });
  });

  describe('refuses', () => {
    it('a request without a token, and a token in any other place', async () => {
      const { accessToken } = await d.owner();
      const { client } = await d.owner();
      expect(await d.post('/refresh')).toBeProblem('authentication_required');
      expect(await d.post('/refresh', { access_token: accessToken })).toBeProblem('authentication_required');
      expect(await d.post(`/refresh?access_token=${accessToken}`)).toBeProblem('authentication_required');
      const cookie = { token: null, headers: { cookie: `access_token=${accessToken}` } };
      expect(await client.post('/v1/auth/refresh', undefined, cookie)).toBeProblem('authentication_required');
    });

    it('every string that is not a valid access token', async () => {
      const account = await t.given.tenant();
      const { accessToken } = await d.owner();
      const key = await readSigningKey(t);
      const past = epochSeconds() - 3600;
      const expired = await resign(accessToken, key, {
        claims: { iat: past - 60, nbf: past - 60, exp: past },
      });
      const secrets = [
        expired,
        tamper(accessToken, { claims: { sub: account.user.id } }),
        tamper(accessToken, { header: { alg: 'none' } }, ''),
        account.refreshToken,
        'x',
      ];
      for (const secret of secrets) {
        expect(await refreshWith(secret)).toBeProblem('access_token_invalid');
      }
      // What a front end without a token sends
      expect(await refreshWith('undefined')).toBeProblem('authentication_required');
      const renewed = await resign(accessToken, key, { claims: { jti: 'another' } });
      expect((await refreshWith(renewed)).status).toBe(200);
    });

    it('the token of a link in a message, which may look like a fragment of a key', async () => {
      const account = await t.given.tenant();
      for (const token of [await t.given.resetToken(account), await t.given.verificationToken(account)]) {
        const code = resemblesKey(token) ? 'api_key_invalid' : 'access_token_invalid';
        expect(await refreshWith(token)).toBeProblem(code);
      }
    });
  });
});

describe('POST /v1/auth/logout', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);

  it('ends this session in every contract, and no other', async () => {
    const owner = await d.owner();
    const other = await d.login(owner);
    const renewed = (await d.post('/refresh', undefined, owner.client)).body.access_token;

    const { status, body } = await d.post('/logout', undefined, owner.client);

    expect([status, body]).toEqual([200, { success: true, message: 'Logged out successfully' }]);
    for (const client of [owner.client, t.client(renewed)]) {
      expect(await d.get('/me', client)).toBeProblem('access_token_invalid');
      expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
      expect(await d.post('/logout', undefined, client)).toBeProblem('access_token_invalid');
    }
    expect((await d.get('/me', other.client)).status).toBe(200);
    expect((await d.post('/refresh', undefined, other.client)).status).toBe(200);
  });

  it('ends the refresh token of a session that another contract opened', async () => {
    const { client, refreshToken } = await t.given.tenant();
    expect((await d.post('/logout', undefined, client)).status).toBe(200);
    expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
  });
});
