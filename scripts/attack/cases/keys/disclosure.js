import { demand } from '../../world/demand.js';
import { createKey } from '../../world/keys.js';
import { tenant } from '../../world/people.js';

const area = 'keys';
const PATH = '/auth/api-keys';
const HEADERS = ['x-auth-user', 'x-auth-tenant', 'x-auth-role', 'x-auth-actor', 'x-auth-scopes'];

export const DISCLOSURE = [
  {
    id: 'keys-shown-once',
    area,
    title: 'Whether any response after the first contains the text of a key',
    recalls: 'Logto a1e0f2b680 (secrets in responses); past-bugs S4: a key stored in clear text',
    expected: 'none',
    run: async (t, look, { owner }) => {
      const { id, key } = await createKey(t, owner);
      const client = t.as(owner);
      demand(await t.client(key).get('/auth/me'), 200);
      const replies = {
        list: await client.get(`${PATH}?limit=100`),
        one: await client.get(`${PATH}/${id}`),
        changed: await client.patch(`${PATH}/${id}`, { description: 'Attack pack' }),
        usage: await client.get(`${PATH}/${id}/usage`),
        trail: await client.get('/tenants/current/audit-events?limit=100'),
        export: await client.get('/tenants/current/audit-events/export'),
        'who it is': await t.client(key).get('/auth/me'),
        introspection: await client.post('/auth/introspect', { token: key }),
      };
      if (t.target.contracts.has('datixlab')) replies.datixlab = await client.get('/v1/auth/api-keys');
      for (const [what, reply] of Object.entries(replies)) {
        demand(reply, 200);
        look.holds(
          `${what} contains it`,
          !reply.text.includes(key) && !reply.text.includes(key.slice(12, -6)),
          'not contained',
        );
      }
    },
  },
  {
    id: 'keys-of-superiors',
    area,
    title: 'A superior’s key read, renamed, rotated or revoked, and a subordinate’s rotated',
    recalls: 'better-auth#9974; CVE-2026-3121 Keycloak',
    expected: '403 or 404',
    run: async (t, look, { owner, manager }) => {
      const superior = await createKey(t, owner);
      const client = t.as(manager);
      const path = `${PATH}/${superior.id}`;
      look.refused('seeing', await client.get(path), 403, 404);
      look.refused('usage', await client.get(`${path}/usage`), 403, 404);
      look.refused('renaming', await client.patch(path, { name: 'Taken' }), 403, 404);
      look.refused('rotating', await client.post(`${path}/rotate`, {}), 403, 404);
      look.refused('revoking', await client.delete(path), 403, 404);
      const listed = demand(await client.get(`${PATH}?limit=100`), 200);
      look.holds('it is listed', !listed.text.includes(superior.id), 'not listed');
      const below = await createKey(t, manager);
      look.refused(
        'rotating a subordinate’s',
        await t.as(owner).post(`${PATH}/${below.id}/rotate`, {}),
        403,
        404,
      );
    },
  },
  {
    id: 'keys-role-for-gateways',
    area,
    title: 'What a gateway gets for a key: whether its owner’s role is passed on as the key’s',
    recalls: 'CVE-2026-9791 Keycloak (data in responses that grants more); past-bugs S4',
    expected: 'no role; X-Auth-Scopes with the present rights of the key',
    run: async (t, look, { owner }) => {
      const { key } = await createKey(t, owner, { scopes: ['leads.view'] });
      const { headers } = demand(await t.client(key).get('/auth/verify'), 204);
      look.holds(`X-Auth-Role is ${headers['x-auth-role']}`, !headers['x-auth-role'], 'no role');
      look.equal('X-Auth-Scopes', headers['x-auth-scopes'], 'leads.view');
    },
  },
  {
    id: 'keys-headers-for-gateways',
    area,
    title:
      'Headers that a gateway copies: whether one is missing, so that the client’s own one passes through',
    recalls: 'CVE-2026-33495 Ory Oathkeeper (an untrusted header)',
    expected:
      'every header of the set in every response, empty where nothing applies, and never the client’s',
    run: async (t, look, { owner }) => {
      const { key } = await createKey(t, owner, { scopes: ['leads.view'] });
      const forged = Object.fromEntries(HEADERS.map((name) => [name, 'forged']));
      const lone = await tenant(t);
      for (const client of [t.as(owner), t.client(key), t.as(lone)]) {
        const { headers } = demand(await client.get('/auth/verify', { headers: forged }), 204);
        for (const name of HEADERS) {
          look.holds(
            `${name} is ${headers[name]}`,
            headers[name] !== undefined && headers[name] !== 'forged',
            'present',
          );
        }
      }
    },
  },
  {
    id: 'keys-forged-headers',
    area,
    title: 'The headers of a gateway sent by the client itself, to claim an identity',
    recalls: 'CVE-2026-33495 Ory Oathkeeper; CVE-2024-22206 Clerk',
    expected: '401: they have no meaning for the target',
    run: async (t, look, { owner }) => {
      const headers = {
        'x-auth-user': owner.user.id,
        'x-auth-tenant': owner.tenant.id,
        'x-auth-role': 'admin',
        'x-auth-actor': 'user',
        'x-auth-scopes': 'leads.view',
      };
      const client = t.client();
      for (const path of ['/auth/me', '/auth/verify', '/tenants/current', PATH]) {
        look.refused(path, await client.get(path, { headers }), 401);
      }
    },
  },
  {
    id: 'keys-at-datixlab',
    area,
    title: 'A key of Datix Lab at the account and key operations of that contract',
    recalls: 'past-bugs lesson 1: one route of several; CVE-2025-61928 Better Auth',
    expected: '403',
    run: async (t, look, { owner }) => {
      t.needContract('datixlab');
      const made = demand(await t.as(owner).post('/v1/auth/api-keys', { name: 'Attack pack' }), 201).body;
      const client = t.client(made.key);
      look.refused('another key', await client.post('/v1/auth/api-keys', { name: 'x' }), 403);
      look.refused('the list', await client.get('/v1/auth/api-keys'), 403);
      look.refused('itself', await client.delete(`/v1/auth/api-keys/${made.id}`), 403);
      look.refused('the profile', await client.patch('/v1/auth/me', { full_name: 'Taken' }), 403);
      look.refused('the second factor', await client.post('/v1/auth/enable-2fa'), 403);
      demand(await t.as(owner).delete(`/v1/auth/api-keys/${made.id}`), 200);
      look.refused('after it was revoked', await client.get('/v1/auth/me'), 401);
    },
  },
];
