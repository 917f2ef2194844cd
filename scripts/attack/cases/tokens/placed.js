import { NotTried } from '../../outcomes.js';
import { SOME_ID } from '../../world/names.js';
import { registration, spareSession } from '../../world/people.js';
import { me, refresh } from '../shared.js';

const area = 'tokens';
const REQUIRED = [401];

export const PLACED = [
  {
    id: 'tokens-in-query',
    area,
    title: 'A valid access token in the query',
    recalls: 'RFC 6750 §5.3; OWASP ASVS V14.2.1',
    expected: '401: the query is not read',
    run: async (t, look) => {
      const client = t.client();
      for (const name of ['access_token', 'token', 'accessToken', 'authorization', 'jwt']) {
        look.refused(name, await client.get(`/auth/me?${name}=${t.home.accessToken}`), ...REQUIRED);
      }
    },
  },
  {
    id: 'tokens-in-cookie',
    area,
    title: 'A valid access token in a cookie, and several sessions in one',
    recalls: 'better-auth#9991 (a forged cookie of several sessions)',
    expected: '401: cookies are not read',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const cookies = [
        `accessToken=${token}`,
        `access_token=${token}; session=${token}`,
        `Authorization=Bearer ${token}`,
        `__Host-session=${token}; multi-session-1=${token}`,
      ];
      const client = t.client();
      for (const cookie of cookies) {
        look.refused(
          cookie.split('=')[0],
          await client.get('/auth/me', { headers: { cookie } }),
          ...REQUIRED,
        );
      }
    },
  },
  {
    id: 'tokens-in-body',
    area,
    title: 'A valid access token in the body or in a form, where the header is missing',
    recalls: 'RFC 6750 §2.2',
    expected: '401 or 415',
    run: async (t, look) => {
      const { accessToken } = t.home;
      const client = t.client();
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      const path = '/auth/logout';
      look.refused('JSON', await client.post(path, { access_token: accessToken }), 401, 400);
      look.refused('form', await client.post(path, `access_token=${accessToken}`, form), 401, 415);
    },
  },
  {
    id: 'tokens-other-headers',
    area,
    title: 'A valid access token under another scheme or in another header',
    recalls: 'OWASP ASVS V14.2.1',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const basic = Buffer.from(`x:${token}`).toString('base64');
      const client = t.client();
      const tries = [
        { authorization: `Basic ${basic}` },
        { authorization: `Token ${token}` },
        { authorization: `JWT ${token}` },
        { authorization: token },
        { authorization: `Bearer${token}` },
        { 'x-access-token': token },
        { 'x-authorization': `Bearer ${token}` },
        { 'proxy-authorization': `Bearer ${token}` },
      ];
      for (const headers of tries) {
        const [[name, value]] = Object.entries(headers);
        look.refused(`${name} ${value.slice(0, 6)}`, await client.get('/auth/me', { headers }), ...REQUIRED);
      }
    },
  },
  {
    id: 'tokens-two-at-once',
    area,
    title: 'Two credentials in one request, the valid one first or last',
    recalls:
      'RFC 6750 §2; request smuggling between proxies that read the first and servers that read the last',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const client = t.client();
      for (const authorization of [
        `Bearer ${token}, Bearer x`,
        `Bearer x, Bearer ${token}`,
        `Bearer ${token} x`,
      ]) {
        look.refused(
          authorization.slice(0, 12),
          await client.get('/auth/me', { headers: { authorization } }),
          401,
        );
      }
      const both = { authorization: `Bearer ${token}`, 'x-api-key': 'sk_live_x' };
      look.refused('with X-API-Key', await client.get('/auth/me', { headers: both }), 401, 400);
    },
  },
  {
    id: 'tokens-refresh-as-access',
    area,
    title: 'A refresh token as an access token, and the other way round',
    recalls: 'RFC 8725 §3.12; GHSA-965c-763c-88jm Better Auth (one kind of secret accepted as another)',
    expected: '401',
    run: async (t, look) => {
      const session = await spareSession(t);
      const client = t.client();
      look.refused('as access token', await me(client.as(session.refreshToken)), 401);
      look.refused('as refresh token', await refresh(client, session.accessToken), 401);
      look.refused('at /auth/verify', await client.as(session.refreshToken).get('/auth/verify'), 401);
    },
  },
  {
    id: 'tokens-ids-as-credentials',
    area,
    title: 'Ids in responses (session, person, organisation) as credentials',
    recalls: 'better-auth#9991 (a session named by its token)',
    expected: '401',
    run: async (t, look) => {
      const sessions = (await t.as(t.home).get('/auth/sessions')).body.data ?? [];
      const current = sessions.find((session) => session.current);
      if (!current) throw new NotTried('the target lists no sessions');
      const client = t.client();
      for (const id of [current.id, t.home.user.id, t.home.tenant.id, SOME_ID]) {
        look.refused('as access token', await me(client.as(id)), 401);
        look.refused('as refresh token', await refresh(client, id), 401);
      }
    },
  },
  {
    id: 'tokens-no-cookies',
    area,
    title: 'Whether signing in, refreshing or registering sets a cookie that a browser would send along',
    recalls: 'OWASP ASVS V3.3.1, V3.5.1',
    expected: 'no Set-Cookie',
    run: async (t, look) => {
      const session = await spareSession(t);
      const client = t.client();
      const { email, password } = session;
      const replies = {
        login: await client.post('/auth/login', { email, password }),
        refresh: await refresh(client, session.refreshToken),
        me: await me(session.client),
      };
      for (const [what, { headers }] of Object.entries(replies)) {
        look.holds(`${what} sets ${headers['set-cookie']}`, !headers['set-cookie'], 'no cookie');
      }
    },
  },
  {
    id: 'tokens-not-stored',
    area,
    title:
      'Whether a cache in between may store responses with tokens or an identity, error responses included',
    recalls: 'CVE-2025-48947 Auth0 Next.js; CVE-2025-64762 WorkOS Next.js',
    expected: 'Cache-Control: no-store on every response under /auth',
    run: async (t, look) => {
      const session = await spareSession(t);
      const client = t.client();
      const { email, password } = session;
      const replies = {
        login: await client.post('/auth/login', { email, password }),
        'refused login': await client.post('/auth/login', { email, password: 'x' }),
        refresh: await refresh(client, session.refreshToken),
        'refused refresh': await refresh(client, 'x'),
        me: await me(session.client),
        'refused me': await me(client),
        sessions: await session.client.get('/auth/sessions'),
        'refused register': await client.post('/auth/register', { ...registration(), password: 'x' }),
        'reset-password/validate': await client.get('/auth/reset-password/validate?token=x'),
        'invite/validate': await client.get('/auth/invite/validate?token=x'),
        verify: await session.client.get('/auth/verify'),
      };
      for (const [what, { headers }] of Object.entries(replies)) {
        const cache = headers['cache-control'];
        look.holds(`${what}: Cache-Control ${cache}`, /\bno-store\b/.test(cache ?? ''), 'no-store');
      }
    },
  },
];
