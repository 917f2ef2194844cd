import { createSecretKey, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { resign } from '../../support/forge.js';
import { untilWaitedFor } from '../../support/locks.js';
import { REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

const DAY = 86_400;

describe('POST /auth/refresh', () => {
  const t = useSharedApp();
  const refresh = (refreshToken: string): Promise<Reply> => t.post('/auth/refresh', { refreshToken });
  const me = (accessToken: string): Promise<Reply> => t.client(accessToken).get('/auth/me');

  it('exchanges the token for new ones of the same session', async () => {
    const owner = await t.given.tenant();

    const { status, body } = await refresh(owner.refreshToken);

    expect(status).toBe(200);
    expect(body.refreshToken).not.toBe(owner.refreshToken);
    expect(body.expiresIn).toBe(3600);
    expect(decodeJwt(body.accessToken).sid).toBe(decodeJwt(owner.accessToken).sid);
    expect(decodeJwt(body.accessToken).jti).not.toBe(decodeJwt(owner.accessToken).jti);
    expect((await me(body.accessToken)).body.id).toBe(owner.user.id);
    expect((await refresh(body.refreshToken)).status).toBe(200);
  });

  it('has tokens that contain only the session, its version and its generation', async () => {
    const { refreshToken } = await t.given.tenant();
    expect(decodeProtectedHeader(refreshToken)).toMatchObject({ alg: 'HS256' });
    expect(decodeProtectedHeader(refreshToken).typ).not.toBe('at+jwt');
    expect(JSON.stringify(decodeJwt(refreshToken))).not.toMatch(/@|Olga|owner/);
  });

  it('stores nothing that could be presented', async () => {
    const { refreshToken } = await t.given.tenant();
    const tables = await t.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const signature = refreshToken.split('.')[2];
    for (const { name } of tables) {
      const rows = await t.database.query(
        `SELECT 1 FROM ${name} AS row WHERE row::text LIKE '%' || $1 || '%'`,
        [signature],
      );
      expect({ name, rows }).toEqual({ name, rows: [] });
    }
  });

  describe('after the grace period', () => {
    const reuse = async () => {
      const owner = await t.given.tenant();
      const successor = (await refresh(owner.refreshToken)).body;
      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
      return { owner, successor };
    };

    it('a second use ends the newest refresh token and every access token at once', async () => {
      const { owner, successor } = await reuse();
      expect(await refresh(successor.refreshToken)).toBeProblem('refresh_token_invalid');
      expect(await me(successor.accessToken)).toBeProblem('access_token_invalid');
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
    });

    it('a second use causes a notice and an audit event', async () => {
      const { owner } = await reuse();
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
      const events = await t.database.query(
        'SELECT 1 FROM audit_events WHERE actor_id = $1 AND action = $2',
        [owner.user.id, 'session.reuse_detected'],
      );
      expect(events).toHaveLength(1);
    });

    it('twenty parallel second uses cause one notice', async () => {
      const owner = await t.given.tenant();
      await refresh(owner.refreshToken);
      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      const replies = await burst(20, () => refresh(owner.refreshToken));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 20 });
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
    });

    it('a second use leaves the person’s other sessions alone', async () => {
      const owner = await t.given.tenant();
      const elsewhere = await t.given.login(owner);
      await refresh(owner.refreshToken);
      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      await refresh(owner.refreshToken);
      expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
    });
  });

  describe('the session ends', () => {
    it('after seven idle days', async () => {
      const owner = await t.given.tenant();
      await t.database.pass(7 * DAY - 600);
      const { body } = await refresh(owner.refreshToken);
      await t.database.pass(7 * DAY + 1);
      expect(await refresh(body.refreshToken)).toBeProblem('refresh_token_invalid');
    });

    it('thirty days after sign-in, however often it is refreshed', async () => {
      let { refreshToken, accessToken } = await t.given.tenant();
      for (let turn = 0; turn < 5; turn += 1) {
        await t.database.pass(6 * DAY - 60);
        const reply = await refresh(refreshToken);
        expect(reply.status).toBe(200);
        ({ refreshToken, accessToken } = reply.body);
      }
      const { exp = 0, iat = 0 } = decodeJwt(accessToken);
      expect(exp - iat).toBeLessThanOrEqual(300);

      await t.database.pass(301);
      expect(await refresh(refreshToken)).toBeProblem('refresh_token_invalid');
      expect(await me(accessToken)).toBeProblem('access_token_invalid');
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
      const owner = await t.given.tenant();
      await t.database.query(sql, [owner.user.id]);
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
      expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
    });
  });

  describe('refuses', () => {
    it('a token that is not a valid refresh token', async () => {
      const owner = await t.given.tenant();
      const [header, payload, signature] = owner.refreshToken.split('.') as [string, string, string];
      const next = Buffer.from(JSON.stringify({ ...decodeJwt(owner.refreshToken), gen: 1 })).toString(
        'base64url',
      );
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const foreign = createSecretKey(randomBytes(32));
      const forged = [
        await resign(owner.refreshToken, foreign),
        owner.accessToken,
        owner.refreshToken.slice(0, -1),
        `${owner.refreshToken}A`,
        `${header}.${payload}`,
        `${header}.${payload}.`,
        `${header}.${next}.${signature}`,
        `${none}.${payload}.`,
        `${none}.${payload}.${signature}`,
        owner.refreshToken.toUpperCase(),
        'x'.repeat(4000),
        ' ',
        '..',
      ];
      for (const token of forged) expect(await refresh(token)).toBeProblem('refresh_token_invalid');
      expect((await refresh(owner.refreshToken)).status).toBe(200);
    });

    it.each([[null], [1], [{}], [['a']], [undefined], ['']])(
      'a body whose refreshToken is %j',
      async (refreshToken) => {
        expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('validation_failed');
      },
    );

    it('a token anywhere but in the body', async () => {
      const { refreshToken } = await t.given.tenant();
      const cookie = { headers: { cookie: `refreshToken=${refreshToken}` } };
      expect(await t.post(`/auth/refresh?refreshToken=${refreshToken}`, {})).toBeProblem('validation_failed');
      expect(await t.post('/auth/refresh', {}, cookie)).toBeProblem('validation_failed');
      expect(await t.post('/auth/refresh', {}, { token: refreshToken })).toBeProblem('validation_failed');
    });
  });

  it('returns each session its own tokens in a parallel burst', async () => {
    const people = await burst(20, () => t.given.tenant());
    const replies = await Promise.all(people.map((person) => refresh(person.refreshToken)));
    expect(replies.map((reply) => decodeJwt(reply.body.accessToken).sub)).toEqual(
      people.map(({ user }) => user.id),
    );
  });
});

describe('POST /auth/refresh within the grace period', () => {
  const t = useSharedApp();
  const refresh = (refreshToken: string): Promise<Reply> => t.post('/auth/refresh', { refreshToken });

  it('gives the identical successor again', async () => {
    const owner = await t.given.tenant();
    const first = await refresh(owner.refreshToken);
    const second = await refresh(owner.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).toBe(first.body.refreshToken);
    expect((await t.client(second.body.accessToken).get('/auth/me')).status).toBe(200);
  });

  it('twenty parallel exchanges have one outcome', async () => {
    const owner = await t.given.tenant();
    const replies = await burst(20, () => refresh(owner.refreshToken));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 20 });
    expect(new Set(replies.map((reply) => reply.body.refreshToken)).size).toBe(1);

    const next = await refresh(replies[0]?.body.refreshToken ?? '');
    expect(next.status).toBe(200);
    expect(next.body.refreshToken).not.toBe(replies[0]?.body.refreshToken);
  });

  it('a token two generations old ends the session', async () => {
    const owner = await t.given.tenant();
    const second = (await refresh(owner.refreshToken)).body;
    const third = (await refresh(second.refreshToken)).body;
    expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
    expect(await refresh(third.refreshToken)).toBeProblem('refresh_token_invalid');
  });
});

describe('POST /auth/refresh of many sessions at once', () => {
  const t = useSharedApp();
  const refresh = (refreshToken: string): Promise<Reply> => t.post('/auth/refresh', { refreshToken });

  it('rotates each by itself, and records for each who it was', async () => {
    const owners = await burst(10, () => t.given.tenant());
    const [replayed] = owners;
    await refresh(replayed?.refreshToken ?? '');
    await t.database.pass(REFRESH_GRACE_SECONDS + 1);

    const replies = await Promise.all(
      owners.map(({ refreshToken }, index) =>
        t.post('/auth/refresh', { refreshToken }, { headers: { 'user-agent': `device ${index}` } }),
      ),
    );

    expect(replies.map(({ status }) => status)).toEqual([401, ...Array<number>(9).fill(200)]);
    for (const [index, { body }] of replies.entries()) {
      if (index === 0) continue;
      const { sid, sub } = decodeJwt(owners[index]?.accessToken ?? '');
      expect(decodeJwt(body.accessToken)).toMatchObject({ sid, sub });
      expect(decodeJwt(body.refreshToken)).toMatchObject({ sid, gen: 1 });
      const events = await t.database.query(
        `SELECT user_agent, actor_id FROM audit_events WHERE target_id = $1 AND action = 'session.refreshed'`,
        [sid],
      );
      expect(events).toEqual([{ user_agent: `device ${index}`, actor_id: sub }]);
    }
  });

  it.each([
    ['is unlocked', 'SELECT FROM sessions WHERE id = ANY ($1) FOR UPDATE', 200],
    ['has ended', 'UPDATE sessions SET revoked_at = now() WHERE id = ANY ($1)', 401],
    ['was rotated', 'UPDATE sessions SET generation = generation + 1 WHERE id = ANY ($1)', 401],
  ])('blocks only the sessions whose row is locked, until each %s', async (_, hold, status) => {
    const [other, ...held] = [await t.given.tenant(), await t.given.tenant(), await t.given.tenant()];
    await t.database.query('BEGIN');
    await t.database.query(hold, [held.map(({ accessToken }) => decodeJwt(accessToken).sid)]);
    const waiting = held.map(({ refreshToken }) => refresh(refreshToken));
    await untilWaitedFor(t.database, held.length);

    expect((await refresh(other.refreshToken)).status).toBe(200);
    await t.database.query('COMMIT');
    expect((await Promise.all(waiting)).map((reply) => reply.status)).toEqual([status, status]);
  });
});

describe('POST /auth/refresh without a grace period', () => {
  const t = useSharedApp({ REFRESH_GRACE_SECONDS: '0' });

  it('accepts a token once: one of twenty parallel exchanges succeeds, and the rest end the session', async () => {
    const { refreshToken } = await t.given.tenant();
    const replies = await burst(20, () => t.post('/auth/refresh', { refreshToken }));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 1, 401: 19 });

    const winner = replies.find((reply) => reply.status === 200)?.body;
    expect(await t.post('/auth/refresh', { refreshToken: winner?.refreshToken })).toBeProblem(
      'refresh_token_invalid',
    );
  });
});
