import { demand } from '../../world/demand.js';
import { createKey } from '../../world/keys.js';
import { randomSecret } from '../../world/names.js';
import { member } from '../../world/people.js';
import { deleteAccount } from '../../world/removal.js';
import { me, refresh } from '../shared.js';

const area = 'keys';
const PATH = '/auth/api-keys';
const leads = { resource: 'leads', action: 'view' };

export const USE = [
  {
    id: 'keys-manage-nothing',
    area,
    title: 'A key with every scope it may have, at every operation that accepts no keys',
    recalls: 'past-bugs S4: a key creates keys and sessions; CVE-2023-22492 Zitadel',
    expected: '403',
    budget: 120,
    run: async (t, look, { owner }) => {
      const { key } = await createKey(t, owner);
      const client = t.client(key);
      for (const { name, method, path, takesJson } of t.world.operations({ signedIn: true, keys: false })) {
        look.refused(name, await client.send(method, path, takesJson ? {} : undefined), 403);
      }
    },
  },
  {
    id: 'keys-sign-nobody-in',
    area,
    title: 'A key as a refresh token, a password, a link, or for a new session',
    recalls: 'CVE-2024-46999 Zitadel; GHSA-965c-763c-88jm Better Auth',
    expected: 'refused',
    run: async (t, look, { owner }) => {
      const { key } = await createKey(t, owner);
      const client = t.client();
      look.refused('refresh', await refresh(client, key), 401);
      look.refused('password', await client.post('/auth/login', { email: owner.email, password: key }), 401);
      look.refused(
        'reset link',
        await client.post('/auth/reset-password', { token: key, newPassword: randomSecret() }),
        400,
      );
      look.refused(
        'temp token',
        await client.post('/auth/verify-2fa', { tempToken: key, code: '123456' }),
        401,
      );
      if (t.target.contracts.has('datixlab')) {
        look.refused('exchange', await t.client(key).post('/v1/auth/refresh'), 401, 403);
      }
      if (t.target.contracts.has('katixo')) {
        look.refused('katixo', await t.client(key).get('/api/v1/auth/me'), 401, 403);
      }
    },
  },
  {
    id: 'keys-revoked',
    area,
    title: 'A key that was used a moment ago, after it was revoked',
    recalls: 'GHSA-qvp4-rpmr-xwrr Ory Oathkeeper (a cached result); CVE-2024-47060 Zitadel',
    expected: '401 at the next request',
    run: async (t, look) => {
      const { id, key } = await createKey(t, t.home);
      const client = t.client(key);
      look.answered('before', await me(client), 200);
      look.answered('before, for gateways', await client.get('/auth/verify'), 204);
      demand(await t.as(t.home).delete(`${PATH}/${id}`), 204);
      look.refused('me', await me(client), 401);
      look.refused('for gateways', await client.get('/auth/verify'), 401);
      look.refused('for decisions', await client.post('/auth/authorize', leads), 401);
      const { text } = await t.as(t.home).post('/auth/introspect', { token: key });
      look.equal('introspection', text, '{"active":false}');
    },
  },
  {
    id: 'keys-rotated',
    area,
    title: 'The text of a key before its rotation without overlap, and the oldest of two rotations',
    recalls: 'ory/talos (derived tokens outlive the parent)',
    expected: '401',
    run: async (t, look) => {
      const { id, key } = await createKey(t, t.home);
      const client = t.as(t.home);
      const rotate = async (body) => demand(await client.post(`${PATH}/${id}/rotate`, body), 200).body.key;
      await rotate({});
      const third = await rotate({ overlapSeconds: 60 });
      look.refused('the oldest', await me(t.client(key)), 401);
      await rotate({ overlapSeconds: 0 });
      look.refused('the leaked one', await me(t.client(third)), 401);
    },
  },
  {
    id: 'keys-demoted-owner',
    area,
    title: 'The rights of a key after its owner lost the permission',
    recalls: 'CVE-2024-46999, CVE-2023-22492 Zitadel (grants of deactivated parties)',
    expected: 'none, from the next request on',
    run: async (t, look, { owner, lowRole }) => {
      const demoted = await member(t, owner, 'manager');
      const { key } = await createKey(t, demoted, { scopes: ['leads.view'] });
      const client = t.client(key);
      look.equal('before', (await client.post('/auth/authorize', leads)).body.allowed, true);
      const path = `/tenants/current/members/${demoted.user.id}`;
      demand(await t.as(owner).patch(path, { role: lowRole.key }), 200);
      const reply = await client.post('/auth/authorize', leads);
      look.holds(`authorize says ${reply.text}`, reply.body.allowed !== true, 'not allowed');
      const introspected = await t.as(owner).post('/auth/introspect', { token: key });
      for (const [what, { body }] of Object.entries({ me: await me(client), introspection: introspected })) {
        look.holds(`${what} grants the right`, body.permissions?.leads?.view !== true, 'not granted');
      }
    },
  },
  {
    id: 'keys-owner-gone',
    area,
    budget: 70,
    title: 'Keys of a person who was suspended, removed, left, or deleted the account',
    recalls: 'CVE-2024-47000 Zitadel; GHSA-2vg6-77g8-24mp Better Auth',
    expected: '401 at once',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const ends = {
        suspended: async (one) =>
          demand(await client.post(`/tenants/current/members/${one.user.id}/suspend`), 200),
        removed: async (one) => demand(await client.delete(`/tenants/current/members/${one.user.id}`), 204),
        left: async (one) =>
          demand(await one.client.delete(`/users/me/organisations/${owner.tenant.id}`), 204),
        deleted: (one) => deleteAccount(t, one),
      };
      for (const [what, end] of Object.entries(ends)) {
        const one = await member(t, owner, 'manager');
        const { key } = await createKey(t, one);
        demand(await me(t.client(key)), 200);
        await end(one);
        look.refused(what, await me(t.client(key)), 401);
      }
    },
  },
  {
    id: 'keys-cut',
    area,
    title: 'A key truncated, lengthened, in another letter case, or with one character changed',
    recalls: 'CVE-2026-27840 Zitadel',
    expected: '401',
    run: async (t, look) => {
      const { key } = await createKey(t, t.home);
      const texts = [1, 2, 3, 6, 10, 40].map((length) => key.slice(0, -length));
      const last = key.at(-1) === 'a' ? 'b' : 'a';
      texts.push(
        `${key}A`,
        `${key}.`,
        key.toUpperCase(),
        key.toLowerCase(),
        key.slice(0, -1) + last,
        key.slice(8),
        `sk_test_${key.slice(8)}`,
      );
      const client = t.client();
      for (const text of texts) {
        if (text === key) continue;
        look.refused(`${text.length} characters`, await me(client.as(text)), 401);
        look.refused('in X-API-Key', await client.get('/auth/me', { headers: { 'x-api-key': text } }), 401);
      }
    },
  },
  {
    id: 'keys-elsewhere',
    area,
    title: 'A valid key in the query, in a cookie, in the body, or beside a token',
    recalls: 'OWASP ASVS V14.2.1; RFC 6750 §5.3',
    expected: '401, or 400 beside a token',
    run: async (t, look) => {
      const { key } = await createKey(t, t.home);
      const client = t.client();
      for (const name of ['key', 'api_key', 'apiKey', 'x-api-key', 'access_token']) {
        look.refused(name, await client.get(`/auth/me?${name}=${key}`), 401);
      }
      look.refused('cookie', await client.get('/auth/me', { headers: { cookie: `api_key=${key}` } }), 401);
      look.refused('body', await client.post('/auth/authorize', { ...leads, key }), 401);
      const both = { headers: { 'x-api-key': key } };
      look.refused('beside a token', await t.as(t.home).get('/auth/me', both), 400, 401);
    },
  },
  {
    id: 'keys-address-forged',
    area,
    title: 'A key bound to another network, with that network’s addresses in every header that proxies use',
    recalls: 'past-bugs S4: X-Forwarded-For; CVE-2026-33495 Ory Oathkeeper',
    expected: '401',
    run: async (t, look, { owner }) => {
      const { key } = await createKey(t, owner, { allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] });
      const client = t.client(key);
      look.refused('plainly', await me(client), 401);
      const inside = '203.0.113.5';
      const tries = {
        'x-forwarded-for': [inside, `${inside}, 10.0.0.1`, `10.0.0.1, ${inside}`, `::ffff:${inside}`],
        forwarded: [`for=${inside}`, `for="[2001:db8::1]"`],
        'x-real-ip': [inside],
        'true-client-ip': [inside],
        'cf-connecting-ip': [inside],
        'x-client-ip': [inside],
        'x-cluster-client-ip': [inside],
      };
      for (const [name, values] of Object.entries(tries)) {
        for (const value of values)
          look.refused(
            `${name}: ${value}`,
            await client.get('/auth/me', { headers: { [name]: value } }),
            401,
          );
      }
    },
  },
  {
    id: 'keys-one-answer',
    area,
    title:
      'Whether a revoked key, one bound elsewhere, one of a removed owner and one that never existed get different responses',
    recalls: 'past-bugs S4: expired, revoked and never-existed keys',
    expected: 'one and the same response',
    run: async (t, look, { owner }) => {
      const revoked = await createKey(t, owner);
      demand(await t.as(owner).delete(`${PATH}/${revoked.id}`), 204);
      const bound = await createKey(t, owner, { allowedAddresses: ['203.0.113.0/24'] });
      const leaver = await member(t, owner, 'manager');
      const ownerless = await createKey(t, leaver);
      demand(await t.as(owner).delete(`/tenants/current/members/${leaver.user.id}`), 204);
      const never = await me(
        t.client(revoked.key.slice(0, -7) + (revoked.key.at(-7) === 'a' ? 'b' : 'a') + revoked.key.slice(-6)),
      );
      look.refused('never existed', never, 401);
      for (const [what, { key }] of Object.entries({ revoked, bound, ownerless })) {
        look.same(`${what} and never`, await me(t.client(key)), never);
      }
    },
  },
];
