import { decodeJwt } from 'jose';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { NEW_PASSWORD, unique } from '../../support/given.js';
import { untilWaitedFor } from '../../support/locks.js';
import { changePassword, NEW_PAIR, type Pair, type Replaceable, REPLACING } from '../../support/reissued.js';
import type { Server } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';
import { useWarmProcess } from '../../support/warm-process.js';

const COPY_NOTICE = 'A session was ended for your safety';

describe('the tokens of a session after a change of password or second factor', () => {
  // The suites' settings have a long grace period, in which a retry must not return the pair of the next version
  const t = useSharedApp();
  const me = (accessToken: string, server: Server = t.server) =>
    t.client(accessToken, server).get('/auth/me');
  const refresh = (refreshToken: string, server: Server = t.server): Promise<Reply> =>
    t.client(null, server).post('/auth/refresh', { refreshToken });
  /** Whether the access token is valid; has no other effect. */
  const opens = async ({ accessToken }: Pair) => (await me(accessToken)).status === 200;
  const refreshed = async ({ refreshToken }: Pair): Promise<Pair> => {
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    return body;
  };
  const expectDead = async ({ accessToken, refreshToken }: Pair): Promise<void> => {
    expect(await me(accessToken)).toBeProblem('access_token_invalid');
    expect(await refresh(refreshToken)).toBeProblem('refresh_token_invalid');
  };
  const reuses = async (userId: string) =>
    t.database.query('SELECT 1 FROM audit_events WHERE actor_id = $1 AND action = $2', [
      userId,
      'session.reuse_detected',
    ]);
  const replace = async ({ act }: Replaceable): Promise<Pair> => {
    const { status, body } = await act();
    expect(status).toBe(200);
    return body;
  };

  describe.each(Object.entries(REPLACING))('%s', (_, prepare) => {
    let session: Replaceable;
    let fresh: Pair;
    beforeEach(async () => {
      session = await prepare(t);
      fresh = await replace(session);
    });

    it('returns a new pair of the same session', () => {
      const { owner } = session;
      expect(fresh).toMatchObject(NEW_PAIR);
      const [before, after] = [owner.accessToken, fresh.accessToken].map((token) => decodeJwt(token));
      expect(after).toMatchObject({ sid: before?.sid, sub: owner.user.id, role: 'admin' });
      expect(after?.jti).not.toBe(before?.jti);
      expect(fresh.refreshToken).not.toBe(owner.refreshToken);
    });

    it('leaves a client signed in that ignores the new pair, as long as nobody uses the new pair', async () => {
      const { owner } = session;
      expect(await opens(owner)).toBe(true);
      const later = await refreshed(await refreshed(owner));
      expect(await opens(later)).toBe(true);
      expect(await opens(owner)).toBe(true);
      await t.database.pass(3000);
      expect(await opens(await refreshed(later))).toBe(true);
    });

    it('ends the old access token at the first use of the new one, and treats the old refresh token as a replay', async () => {
      const { owner } = session;
      expect(await opens(fresh)).toBe(true);
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
      expect(await opens(fresh)).toBe(true);
      expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
      await expectDead(fresh);
      expect(await reuses(owner.user.id)).toHaveLength(1);
    });

    it('ends both at the first use of the new refresh token', async () => {
      const { owner } = session;
      const next = await refreshed(fresh);
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
      expect(await opens(next)).toBe(true);
      expect(await opens(fresh)).toBe(true);
      expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
      await expectDead(next);
      expect(await reuses(owner.user.id)).toHaveLength(1);
    });

    it('continues with the new pair as with any other', async () => {
      expect(await opens(fresh)).toBe(true);
      const next = await refreshed(fresh);
      expect((await refreshed(fresh)).refreshToken).toBe(next.refreshToken);
      expect(await opens(await refreshed(next))).toBe(true);
      expect((await t.client(next.accessToken).post('/auth/logout')).status).toBe(200);
      await expectDead(next);
    });
  });

  describe('a stolen copy of the tokens', () => {
    const changed = async () => {
      const session = await changePassword(t);
      return { ...session, fresh: await replace(session) };
    };

    it('is detected although the old pair was exchanged a moment ago: the grace period returns no new pair', async () => {
      const { owner, fresh } = await changed();
      const exchanged = await refreshed(owner);
      expect((await refreshed(owner)).refreshToken).toBe(exchanged.refreshToken);
      const next = await refreshed(fresh);
      expect(await me(exchanged.accessToken)).toBeProblem('access_token_invalid');
      expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
      await expectDead(next);
      await expectDead(exchanged);
      expect(await reuses(owner.user.id)).toHaveLength(1);
    });

    it('causes a notice to the person', async () => {
      const { owner, fresh } = await changed();
      await me(fresh.accessToken);
      await refresh(owner.refreshToken);
      const notices = await t.inbox.messages(owner.email, 'notice');
      expect(notices.filter(({ subject }) => subject === COPY_NOTICE)).toHaveLength(1);
    });

    it('gains nothing from another change by the old pair: the first new pair is refused, and its use is detected as a replay', async () => {
      const { owner, fresh } = await changed();
      const body = { currentPassword: NEW_PASSWORD, newPassword: `${NEW_PASSWORD}-2` };
      const second = (await owner.client.post('/auth/change-password', body)).body;
      expect(await me(fresh.accessToken)).toBeProblem('access_token_invalid');
      expect(await opens(owner)).toBe(true);
      expect(await refresh(fresh.refreshToken)).toBeProblem('refresh_token_invalid');
      for (const pair of [owner, fresh, second]) await expectDead(pair);
      expect(await reuses(owner.user.id)).toHaveLength(1);
    });

    it('gains nothing from a switch by the old pair, either', async () => {
      const { owner, fresh } = await changed();
      const { body: other } = await owner.client.post('/users/me/organisations', { name: `Own ${unique()}` });
      const switched = await owner.client.post('/users/me/switch-org', { orgId: other.id });
      expect(switched.status).toBe(200);
      expect(await me(fresh.accessToken)).toBeProblem('access_token_invalid');
      expect(await opens(switched.body)).toBe(true);
      expect(await refresh(fresh.refreshToken)).toBeProblem('refresh_token_invalid');
      await expectDead(switched.body);
    });

    it('makes a new pair that was used, and then replaced by a switch, as invalid as the old one', async () => {
      const { owner, fresh } = await changed();
      const client = t.client(fresh.accessToken);
      const { body: other } = await client.post('/users/me/organisations', { name: `Own ${unique()}` });
      const switched = (await client.post('/users/me/switch-org', { orgId: other.id })).body;
      expect(await opens(switched)).toBe(true);
      expect(await opens(await refreshed(switched))).toBe(true);
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
    });
  });

  it('a product that introspects the new access token has used it', async () => {
    const session = await changePassword(t);
    const fresh = await replace(session);
    const { owner } = session;
    const colleague = await t.given.member(owner);
    const asked = await colleague.client.post<{ active: boolean }>('/auth/introspect', {
      token: fresh.accessToken,
    });
    expect(asked.body.active).toBe(true);
    expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
  });

  describe('while another client changes the session', () => {
    const held = async (change: string, act: (owner: Pair, fresh: Pair) => Promise<Reply>) => {
      const session = await changePassword(t);
      const fresh = await replace(session);
      const { sid } = decodeJwt(fresh.accessToken);
      await t.database.query('BEGIN');
      await t.database.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sid]);
      const waiting = act(session.owner, fresh);
      await untilWaitedFor(t.database);
      await t.database.query(`UPDATE sessions SET ${change} WHERE id = $1`, [sid]);
      await t.database.query('COMMIT');
      return { session, fresh, reply: await waiting };
    };
    const USED = `token_version = successor_version, refresh_version = successor_version, successor_version = NULL,
      generation = 1, rotated_at = now() - interval '1 hour'`;

    it('the later of two first uses undoes nothing that followed the first', async () => {
      const { fresh, reply } = await held(USED, (__, { accessToken }) => me(accessToken));
      expect(reply.status).toBe(200);
      // Exchanged an hour ago
      expect(await refresh(fresh.refreshToken)).toBeProblem('refresh_token_invalid');
    });

    it('a first use fails for a pair that was replaced meanwhile', async () => {
      const change = 'successor_version = successor_version + 1';
      const { reply } = await held(change, (__, { accessToken }) => me(accessToken));
      expect(reply).toBeProblem('access_token_invalid');
    });

    it('a change by a token that was ended meanwhile changes nothing', async () => {
      const newPassword = `${NEW_PASSWORD}-2`;
      const { session, reply } = await held(USED, ({ accessToken }) => {
        const body = { currentPassword: NEW_PASSWORD, newPassword };
        return t.client(accessToken).post('/auth/change-password', body);
      });
      expect(reply).toBeProblem('access_token_invalid');
      const { email } = session.owner;
      expect(await t.post('/auth/login', { email, password: newPassword })).toBeProblem(
        'invalid_credentials',
      );
      expect((await t.post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200);
    });
  });

  it('new backup codes leave the session’s tokens as they are', async () => {
    const owner = await new TwoFactor(t).owner();
    const body = { password: owner.password, code: owner.backupCodes[0] };
    const reply = await owner.client.post('/auth/backup-codes', body);
    expect(Object.keys(reply.body)).toEqual(['backupCodes']);
    expect(await opens(owner)).toBe(true);
  });

  it('a session without any change gets refresh tokens of the first format', async () => {
    const { refreshToken } = await t.given.tenant();
    expect(Object.keys(decodeJwt(refreshToken))).toEqual(['sid', 'gen']);
    const next = (await refresh(refreshToken)).body.refreshToken;
    expect(Object.keys(decodeJwt(next))).toEqual(['sid', 'gen']);
  });

  describe('on two servers', () => {
    const beside = useWarmProcess('other');
    let second: Server;
    beforeAll(async () => {
      second = await beside.serveBeside(t.server);
    });
    const either = (index: number) => (index % 2 === 0 ? t.server : second);
    const changed = async () => {
      const session = await changePassword(t);
      return { owner: session.owner, fresh: await replace(session) };
    };

    it('the first use on one ends the old pair on the other at once', async () => {
      const { owner, fresh } = await changed();
      expect((await me(owner.accessToken, second)).status).toBe(200);
      expect((await me(fresh.accessToken)).status).toBe(200);
      const replies = await burst(20, () => me(owner.accessToken, second));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 20 });
    });

    it('twenty parallel first uses, access and refresh token, count as one: the new pair lives, the old one is refused', async () => {
      const { owner, fresh } = await changed();
      const replies = await burst(20, (index) =>
        index % 4 < 2 ? me(fresh.accessToken, either(index)) : refresh(fresh.refreshToken, either(index)),
      );
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 20 });
      const successors = replies.flatMap(({ body }) => body.refreshToken ?? []);
      expect(new Set(successors).size).toBe(1);
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
      expect((await refresh(successors[0] ?? '', second)).status).toBe(200);
    });

    it('old and new access tokens at once: nobody is left with the old one', async () => {
      const { owner, fresh } = await changed();
      const replies = await burst(24, (index) =>
        me(index % 4 < 2 ? owner.accessToken : fresh.accessToken, either(index)),
      );
      for (const [index, { status }] of replies.entries()) {
        if (index % 4 >= 2) expect(status).toBe(200);
      }
      expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
      expect(await me(owner.accessToken, second)).toBeProblem('access_token_invalid');
      expect(await opens(fresh)).toBe(true);
    });

    it.each([1, 2, 3])(
      'old and new refresh tokens at once, round %i: either only the new pair continues, or the session ends',
      async () => {
        const { owner, fresh } = await changed();
        const replies = await burst(24, (index) =>
          refresh(index % 4 < 2 ? owner.refreshToken : fresh.refreshToken, either(index)),
        );
        const answers = (isOld: boolean) => replies.filter((__, index) => index % 4 < 2 === isOld);
        const pairs = (isOld: boolean) =>
          answers(isOld).flatMap(({ status, body }) => (status === 200 ? [body] : []));
        // Every successor of the old token is refused with it
        expect(await me(owner.accessToken)).toBeProblem('access_token_invalid');
        for (const { accessToken } of pairs(true)) {
          expect(await me(accessToken)).toBeProblem('access_token_invalid');
        }
        const wasCaught = answers(true).some(({ status }) => status === 401);
        for (const pair of pairs(false)) expect(await opens(pair)).toBe(!wasCaught);
        expect(await reuses(owner.user.id)).toHaveLength(wasCaught ? 1 : 0);
        // If no replay was detected yet, this use of the old token is one
        expect(await refresh(owner.refreshToken)).toBeProblem('refresh_token_invalid');
        for (const pair of [...pairs(true), ...pairs(false)]) await expectDead(pair);
        expect(await reuses(owner.user.id)).toHaveLength(1);
      },
    );
  });
});
