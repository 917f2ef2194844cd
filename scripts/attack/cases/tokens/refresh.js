import { setTimeout as pause } from 'node:timers/promises';
import { createSecretKey, randomBytes } from 'node:crypto';
import { forge, forgeSigned, readJwt } from '../../jwt.js';
import { demand } from '../../world/demand.js';
import { adopt, registration, spareSession, tenant } from '../../world/people.js';
import { burst, expectDead, me, refresh } from '../shared.js';

const area = 'tokens';

/** The next pair of tokens. */
const next = async (t, { refreshToken }) => demand(await refresh(t.client(), refreshToken), 200).body;

export const REFRESH = [
  {
    id: 'tokens-refresh-older',
    area,
    title: 'A refresh token that is two generations old',
    recalls: 'CVE-2026-1035 Keycloak; CVE-2026-9802 Keycloak (rotated tokens were returned)',
    expected: '401, and the session ends: newest refresh token and every access token',
    run: async (t, look) => {
      const first = await spareSession(t);
      const second = await next(t, first);
      const third = await next(t, second);
      look.refused('the reuse', await refresh(t.client(), first.refreshToken), 401);
      await expectDead(t, look, 'the newest pair', third);
      look.refused('the older access token', await me(t.client(second.accessToken)), 401);
      look.refused('the oldest access token', await me(t.client(first.accessToken)), 401);
    },
  },
  {
    id: 'tokens-refresh-after-grace',
    area,
    title: 'A refresh token used again after the grace period',
    recalls: 'RFC 9700 §4.14.2; CVE-2026-1035 Keycloak',
    expected: 'the identical successor within the grace period, then 401 and the end of the session',
    run: async (t, look) => {
      const first = await spareSession(t);
      const second = await next(t, first);
      const again = await refresh(t.client(), first.refreshToken);
      if (again.status === 200) {
        look.equal(
          'a successor within the grace period',
          again.body.refreshToken === second.refreshToken,
          true,
        );
        await pause(t.world.wait * 1000);
        look.refused('after the grace period', await refresh(t.client(), first.refreshToken), 401);
      } else look.refused('without a grace period', again, 401);
      await expectDead(t, look, 'the successor', second);
    },
  },
  {
    id: 'tokens-refresh-parallel',
    area,
    budget: 60,
    title: 'Twenty parallel exchanges of one refresh token',
    recalls: 'CVE-2026-53517 / GHSA-392p-2q2v-4372 Better Auth',
    expected: 'one successor at most: never two live branches',
    run: async (t, look) => {
      const session = await spareSession(t);
      const client = t.client();
      const replies = await burst(20, () => refresh(client, session.refreshToken));
      const successors = new Set(
        replies.filter(({ status }) => status === 200).map(({ body }) => body.refreshToken),
      );
      look.holds(`${successors.size} different successors`, successors.size <= 1, 'one successor');
      look.holds(
        `statuses ${replies.map(({ status }) => status)}`,
        replies.every(({ status }) => status === 200 || status === 401),
        '200 and 401 only',
      );
    },
  },
  {
    id: 'tokens-refresh-same-second',
    area,
    title: 'Two rotations within one second: whether the target distinguishes them',
    recalls: 'Keycloak #50999',
    expected: 'three different tokens; the first is refused after the second rotation',
    run: async (t, look) => {
      const first = await spareSession(t);
      const second = await next(t, first);
      const third = await next(t, second);
      const all = new Set([first, second, third].map(({ refreshToken }) => refreshToken));
      look.equal('different refresh tokens', all.size, 3);
      look.refused('the first', await refresh(t.client(), first.refreshToken), 401);
    },
  },
  {
    id: 'tokens-refresh-forged',
    area,
    title: 'A refresh token with its generation raised, another key, no algorithm, or truncated',
    recalls: 'CVE-2026-53512 / GHSA-pw9m-5jxm-xr6h Better Auth; CVE-2026-27840 Zitadel',
    expected: '401',
    run: async (t, look) => {
      const { refreshToken: token } = await spareSession(t);
      const { claims } = readJwt(token);
      const numbers = Object.keys(claims).filter((name) => typeof claims[name] === 'number');
      const raised = Object.fromEntries(numbers.map((name) => [name, claims[name] + 1]));
      const foreign = createSecretKey(randomBytes(32));
      const tokens = {
        'the next turn': forge(token, { claims: raised }),
        'the next turn, no signature': forge(token, { claims: raised, signature: '' }),
        'alg none': forge(token, { header: { alg: 'none' }, signature: '' }),
        'another key': forgeSigned(token, foreign),
        upper: token.toUpperCase(),
        'a character more': `${token}A`,
      };
      for (const length of [1, 2, 3, 10, 43]) tokens[`${length} cut off`] = token.slice(0, -length);
      const client = t.client();
      for (const [what, text] of Object.entries(tokens)) look.refused(what, await refresh(client, text), 401);
    },
  },
  {
    id: 'tokens-refresh-elsewhere',
    area,
    title: 'A valid refresh token in the query, in a cookie, or as the bearer',
    recalls: 'RFC 6750 §5.3; OWASP ASVS V14.2.1',
    expected: '400: only the body is read',
    run: async (t, look) => {
      const { refreshToken } = await spareSession(t);
      const client = t.client();
      const cookie = `refreshToken=${refreshToken}; refresh_token=${refreshToken}`;
      look.refused('query', await client.post(`/auth/refresh?refreshToken=${refreshToken}`, {}), 400);
      look.refused('cookie', await client.post('/auth/refresh', {}, { headers: { cookie } }), 400);
      look.refused('bearer', await client.as(refreshToken).post('/auth/refresh', {}), 400, 401);
    },
  },
  {
    id: 'tokens-mixed-people',
    area,
    budget: 90,
    title: 'Fifteen people who register and refresh in parallel: whether one gets another’s tokens',
    recalls: 'CVE-2026-40155 Auth0',
    expected: 'every token belongs to the person who requested it',
    run: async (t, look) => {
      await tenant(t, { verified: false });
      const people = await burst(15, async () => {
        const body = registration();
        const client = t.client();
        return {
          body,
          account: adopt(t, client, demand(await client.post('/auth/register', body), 201), body),
        };
      });
      const replies = await Promise.all(
        people.map(({ account }) => refresh(account.client, account.refreshToken)),
      );
      for (const [index, { account, body }] of people.entries()) {
        look.equal('the registered address', account.user.email, body.email);
        const { sub } = readJwt(demand(replies[index], 200).body.accessToken).claims;
        look.equal('the refreshed person', sub === account.user.id, true);
      }
    },
  },
  {
    id: 'tokens-datixlab-exchange',
    area,
    title:
      'An access token whose session has a refresh token, and one that signed out, at Datix Lab’s refresh',
    recalls:
      'CVE-2026-55672 Zitadel (a token not bound to its client); supabase/auth#2555 (a token of an ended session)',
    expected: '401',
    run: async (t, look) => {
      t.needContract('datixlab');
      const session = await spareSession(t);
      const path = '/v1/auth/refresh';
      look.refused('of another contract', await session.client.post(path), 401);
      const { email, password } = session;
      const client = t.client();
      const { body } = demand(await client.post('/v1/auth/login', { email, password }), 200);
      const signedIn = client.as(body.access_token);
      const { body: exchanged } = demand(await signedIn.post(path), 200);
      demand(await signedIn.post('/v1/auth/logout'), 200);
      for (const token of [body.access_token, exchanged.access_token]) {
        look.refused('after sign-out', await client.as(token).post(path), 401);
        look.refused('after sign-out, at me', await client.as(token).get('/v1/auth/me'), 401);
      }
    },
  },
];
