import { newPassword, newPhone, uniqueEmail } from '../../world/names.js';

const area = 'limits';
const LOGIN = '/auth/login';
const TRIES = 24;
const ALLOWED = 20;

/** One password for so many accounts that do not exist. */
async function spray(client, headersOf = () => ({}), path = LOGIN) {
  const replies = [];
  for (let index = 0; index < TRIES; index += 1) {
    const body = { email: uniqueEmail('sprayed'), password: newPassword() };
    replies.push(await client.post(path, body, { headers: headersOf(index) }));
  }
  return replies;
}

function expectLimited(look, what, replies) {
  const late = replies.slice(ALLOWED);
  const statuses = late.map(({ status }) => status).join();
  look.holds(
    `${what}: ${statuses} after ${ALLOWED}`,
    late.every(({ status }) => status === 429),
    `429 after ${ALLOWED}`,
  );
}

const forwarded = (id, title, recalls, headers) => ({
  id,
  area,
  title,
  recalls,
  expected: `429 after ${ALLOWED} nevertheless`,
  budget: 260,
  run: async (t, look) => {
    for (const [what, headersOf] of Object.entries(headers)) {
      expectLimited(look, what, await spray(t.guesser(), headersOf));
    }
  },
});

const inside = (index) => `203.0.113.${index + 1}`;

export const ADDRESSES = [
  {
    id: 'limits-spraying',
    area,
    budget: 40,
    title: 'One try at each of many accounts from one address',
    recalls: 'better-auth#9990 (no address, no limit); OWASP CS Bot Management',
    expected: `429 after ${ALLOWED}`,
    run: async (t, look) => expectLimited(look, 'sign-in', await spray(t.guesser())),
  },
  forwarded(
    'limits-forwarded-for',
    'The same with another X-Forwarded-For for each try: one address, a list, the end of a list',
    'better-auth#10203; supabase/auth#2282; Keycloak #13261',
    {
      'one address': (index) => ({ 'x-forwarded-for': inside(index) }),
      'first of a list': (index) => ({ 'x-forwarded-for': `${inside(index)}, 10.0.0.1` }),
      'last of a list': (index) => ({ 'x-forwarded-for': `10.0.0.1, ${inside(index)}` }),
      'two headers': (index) => ({ 'x-forwarded-for': [inside(index), inside(index + 50)] }),
    },
  ),
  forwarded(
    'limits-forwarded-otherwise',
    'The same with the other headers that proxies use',
    'CVE-2026-33495 Ory Oathkeeper; Keycloak #13261',
    {
      forwarded: (index) => ({ forwarded: `for=${inside(index)};proto=https` }),
      'x-real-ip': (index) => ({ 'x-real-ip': inside(index) }),
      'true-client-ip': (index) => ({ 'true-client-ip': inside(index) }),
      'cf-connecting-ip': (index) => ({ 'cf-connecting-ip': inside(index) }),
      'x-client-ip': (index) => ({ 'x-client-ip': inside(index) }),
      'x-cluster-client-ip': (index) => ({ 'x-cluster-client-ip': inside(index) }),
    },
  ),
  forwarded(
    'limits-forwarded-malformed',
    'The same with addresses that are invalid, empty, mapped, or with a port',
    'better-auth#9990; CVE-2026-45364 / GHSA-p6v2 Better Auth (IPv6)',
    {
      'no address': (index) => ({ 'x-forwarded-for': `unknown-${index}` }),
      'of IPv6': (index) => ({ 'x-forwarded-for': `2001:db8::${index + 1}` }),
      mapped: (index) => ({ 'x-forwarded-for': `::ffff:${inside(index)}` }),
      'with a port': (index) => ({ 'x-forwarded-for': `${inside(index)}:${index + 1000}` }),
      empty: () => ({ 'x-forwarded-for': '' }),
    },
  ),
  {
    id: 'limits-path-variants',
    area,
    budget: 60,
    title: 'The limit of an address by another form of the path, and by the other contracts',
    recalls: 'CVE-2025-71399 / GHSA-x732 Better Auth, #10004',
    expected: '404, or 429 like the plain path',
    run: async (t, look) => {
      const client = t.guesser();
      await spray(client);
      const variants = [
        '//auth/login',
        '/auth//login',
        '/auth/login/',
        '/auth/./login',
        '/auth/%6cogin',
        '/AUTH/login',
        '/auth/login?x',
        '/auth/login;x',
        '/auth/login%20',
        '/auth/x/../login',
      ];
      if (t.target.contracts.has('katixo')) variants.push('/api/v1/auth/login');
      if (t.target.contracts.has('datixlab')) variants.push('/v1/auth/login');
      for (const path of variants) {
        const reply = await client.post(path, { email: uniqueEmail(), password: newPassword() });
        look.refused(path, reply, 400, 404, 429);
      }
    },
  },
  {
    id: 'limits-kinds-of-guesses',
    area,
    budget: 50,
    title: 'The limit of an address by another kind of guess: codes, temp tokens, invitations',
    recalls: 'CVE-2025-64102 Zitadel; better-auth#10240',
    expected: '429 there, too',
    run: async (t, look) => {
      const client = t.guesser();
      await spray(client);
      const code = { phone: newPhone(), code: '123456' };
      look.refused('a code', await client.post('/auth/otp/verify', code), 429);
      look.refused(
        'a recovery code',
        await client.post('/auth/reset-password', { ...code, newPassword: newPassword() }),
        429,
      );
    },
  },
  {
    id: 'limits-registrations',
    area,
    title: 'Registrations from one address in a row, over the contracts',
    recalls: 'Better Auth #8863 (registration enumerates, so it is limited)',
    expected: '429 by the 21st',
    run: async (t, look) => {
      const client = t.guesser();
      const paths = ['/auth/register', '/api/v1/auth/register', '/v1/auth/register'];
      const open = paths.filter((_, index) =>
        t.target.contracts.has(['primary', 'katixo', 'datixlab'][index]),
      );
      const replies = [];
      for (let index = 0; index < TRIES; index += 1)
        replies.push(await client.post(open[index % open.length], {}));
      expectLimited(look, 'registration', replies);
    },
  },
  {
    id: 'limits-lists-of-invitations',
    area,
    title: 'Twelve lists of invitations from one address',
    recalls: 'supabase/auth#605; Logto c7f17d6c5c (bombing)',
    expected: '429 after ten',
    run: async (t, look) => {
      const client = t.guesser(t.home.accessToken);
      const replies = [];
      for (let index = 0; index < 12; index += 1)
        replies.push(await client.post('/auth/invite/bulk', { invitations: [] }));
      for (const reply of replies.slice(10)) look.refused('a list', reply, 429);
    },
  },
  {
    id: 'limits-pages',
    area,
    title: 'Pages of zero, of negative, and of a million rows',
    recalls: 'OWASP ASVS V2.2.1, V15.2.2',
    expected: '400',
    run: async (t, look) => {
      const client = t.as(t.home);
      for (const path of ['/tenants/current/members', '/tenants/current/audit-events', '/auth/api-keys']) {
        for (const limit of ['0', '-1', '101', '1000000', '1e9', 'x', '1.5', '']) {
          look.refused(`${path} ${limit}`, await client.get(`${path}?limit=${limit}`), 400);
        }
      }
    },
  },
];
