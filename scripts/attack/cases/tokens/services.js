import { readJwt } from '../../jwt.js';
import { NotTried } from '../../outcomes.js';
import { demand } from '../../world/demand.js';
import { randomSecret } from '../../world/names.js';
import { spareSession, tenant } from '../../world/people.js';

const area = 'tokens';
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

export const SERVICES = [
  {
    id: 'tokens-introspect-anonymous',
    area,
    title: 'Introspection without a credential, or with a wrong one',
    recalls: 'RFC 7662 §2.1',
    expected: '401',
    run: async (t, look) => {
      const body = { token: t.home.accessToken };
      look.refused('none', await t.client().post('/auth/introspect', body), 401);
      look.refused('a wrong token', await t.client('x').post('/auth/introspect', body), 401);
      look.refused(
        'the refresh token',
        await t.client(t.home.refreshToken).post('/auth/introspect', body),
        401,
      );
    },
  },
  {
    id: 'tokens-introspect-alike',
    area,
    title: 'Whether introspection distinguishes a revoked, a foreign and a made-up token',
    recalls: 'RFC 7662 §2.2; CVE-2026-33496 Ory Oathkeeper',
    expected: '{"active":false} for each, and nothing else',
    run: async (t, look) => {
      const ended = await spareSession(t);
      demand(await ended.client.post('/auth/logout', {}), 200);
      const foreign = await tenant(t);
      const client = t.as(t.home);
      const tokens = [
        ended.accessToken,
        foreign.accessToken,
        t.home.refreshToken,
        randomSecret(),
        'sk_live_x',
      ];
      for (const token of tokens) {
        const { text } = await client.post('/auth/introspect', { token });
        look.equal('the answer', text, '{"active":false}');
      }
    },
  },
  {
    id: 'tokens-cached-result',
    area,
    title: 'Whether a result that a service got a moment ago outlives the session',
    recalls: 'CVE-2026-33496, GHSA-qvp4-rpmr-xwrr Ory Oathkeeper (cached results)',
    expected: 'not active at the next request',
    run: async (t, look) => {
      const session = await spareSession(t);
      const service = await spareSession(t);
      const ask = async () =>
        (await service.client.post('/auth/introspect', { token: session.accessToken })).body;
      const isColleague = (await ask()).active === true;
      look.answered('before', await session.client.get('/auth/verify'), 204);
      demand(await session.client.post('/auth/logout', {}), 200);
      look.refused('at /auth/verify', await t.client(session.accessToken).get('/auth/verify'), 401);
      look.refused(
        'at /auth/authorize',
        await session.client.post('/auth/authorize', { resource: 'leads', action: 'view' }),
        401,
      );
      if (isColleague) look.equal('active', (await ask()).active, false);
    },
  },
  {
    id: 'tokens-published-keys',
    area,
    title: 'Whether the published signing keys contain a private part or a shared secret',
    recalls: 'GHSA-869p (node-jws); RFC 7517 §9.2',
    expected: 'public parts only',
    run: async (t, look) => {
      const { body } = demand(await t.client().get('/.well-known/jwks.json'), 200);
      for (const jwk of body.keys) {
        const found = PRIVATE_PARTS.filter((part) => part in jwk);
        look.holds(
          `the key ${jwk.kid} has ${found}`,
          found.length === 0 && jwk.kty !== 'oct',
          'public parts',
        );
      }
      look.holds('no list of keys', Array.isArray(body.keys), `${body.keys.length} keys`);
    },
  },
  {
    id: 'tokens-personal-data',
    area,
    title: 'Whether tokens, which are sent and logged, contain names or addresses',
    recalls: 'CVE-2026-9791 Keycloak (#49431: unnecessary data in tokens)',
    expected: 'ids, role and times only',
    run: async (t, look) => {
      const session = await spareSession(t);
      for (const token of [session.accessToken, session.refreshToken]) {
        const text = JSON.stringify(readJwt(token));
        look.holds('an address in a token', !text.includes('@'), 'no address');
        const { firstName } = session.user;
        look.holds('a name in a token', firstName.length < 4 || !text.includes(firstName), 'no name');
      }
    },
  },
  {
    id: 'tokens-lifetime',
    area,
    title: 'Whether an access token lives longer than an hour, or names no session',
    recalls: 'GHSA-wxg7-w2v3-w38g Zitadel; RFC 9068 §2',
    expected: 'exp at most 3600 s after iat; iss, aud, sub, sid and jti are there',
    run: async (t, look) => {
      const { header, claims } = readJwt(t.home.accessToken);
      look.holds(`${claims.exp - claims.iat} s`, claims.exp - claims.iat <= 3600, 'an hour at most');
      for (const name of ['iss', 'aud', 'sub', 'sid', 'jti'])
        look.holds(`no ${name}`, Boolean(claims[name]), 'named');
      look.equal('typ', header.typ, 'at+jwt');
      look.holds(`alg ${header.alg}`, header.alg !== 'none', header.alg);
    },
  },
  {
    id: 'tokens-pages',
    area,
    title: 'A tampered cursor of a list',
    recalls: 'CVE-2026-33503 / GHSA-hgx2-28f8-6g2r Kratos (a forged page token became SQL)',
    expected: '400',
    run: async (t, look) => {
      const client = t.as(t.home);
      const cursors = [
        'x',
        "' OR 1=1--",
        '%00',
        'A'.repeat(4000),
        Buffer.from('{"id":1}').toString('base64url'),
      ];
      for (const path of [
        '/tenants/current/roles',
        '/tenants/current/members',
        '/tenants/current/audit-events',
      ]) {
        const { status } = await client.get(`${path}?limit=1`);
        if (status !== 200) throw new NotTried(`the owner may not read ${path}`);
        for (const cursor of cursors) {
          const reply = await client.get(
            `${path}?cursor=${cursor === '%00' ? cursor : encodeURIComponent(cursor)}`,
          );
          look.refused(`${path} ${cursor.slice(0, 8)}`, reply, 400);
        }
      }
    },
  },
];
