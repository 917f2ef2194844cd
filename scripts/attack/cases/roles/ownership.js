import { uniqueKey, uniqueName } from '../../world/names.js';
import { leaves, member, tenant } from '../../world/people.js';
import { burst, countStatus, me } from '../shared.js';

const area = 'roles';
const change = (client, { user }, body) => client.patch(`/tenants/current/members/${user.id}`, body);

export const OWNERSHIP = [
  {
    id: 'roles-last-owner',
    area,
    title:
      'The last top-level member demotes, suspends or removes themselves, leaves, or transfers ownership to nobody',
    recalls: 'CVE-2026-3121 Keycloak; OWASP ASVS V2.3.3',
    expected: '403, 404 or 409: a top-level member always remains',
    run: async (t, look, { owner, user }) => {
      const client = t.as(owner);
      const path = `/tenants/current/members/${owner.user.id}`;
      look.refused('demoting', await client.patch(path, { role: 'user' }), 409);
      look.refused('suspending', await client.post(`${path}/suspend`), 403, 409);
      look.refused('removing', await client.delete(path), 409, 403);
      look.refused('leaving', await client.delete(`/users/me/organisations/${owner.tenant.id}`), 409);
      look.refused(
        'deleting the account',
        await client.delete('/users/me', { password: owner.password }),
        409,
      );
      look.refused(
        'transferring to oneself',
        await client.post('/tenants/current/transfer', { memberId: owner.user.id, role: 'user' }),
      );
      look.refused(
        'a transfer by a member',
        await t.as(user).post('/tenants/current/transfer', { memberId: user.user.id }),
        403,
      );
    },
  },
  {
    id: 'roles-two-owners-at-once',
    area,
    title: 'Two top-level members demote each other, and leave, at the same time',
    recalls: 'CVE-2026-1035 Keycloak (check, then use); OWASP ASVS V15.4.2',
    expected: 'one of them is still at the top level',
    run: async (t, look) => {
      const owner = await tenant(t);
      const second = await member(t, owner, 'admin');
      const replies = await Promise.all([
        change(owner.client, second, { role: 'user' }),
        change(second.client, owner, { role: 'user' }),
        change(owner.client, owner, { role: 'user' }),
        change(second.client, second, { role: 'user' }),
      ]);
      const roles = await Promise.all([me(owner.client), me(second.client)]);
      const [leader, other] = roles[0].body.role === 'admin' ? [owner, second] : [second, owner];
      leaves(t, leader, other.user.id);
      const leaders = roles.filter(({ body }) => body.role === 'admin').length;
      look.holds(
        `${leaders} lead, after ${replies.map(({ status }) => status)}`,
        leaders >= 1,
        'one is at the top level',
      );
    },
  },
  {
    id: 'roles-parallel-limit',
    area,
    title: 'Ten parallel requests for a role with one key',
    recalls: 'better-auth#9184; ory/talos (counted outside the insert)',
    expected: 'one role',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const body = { key: uniqueKey().slice(0, 40), name: uniqueName('role'), level: 5, permissions: {} };
      const replies = await burst(10, () => client.post('/tenants/current/roles', body));
      look.equal('roles created', countStatus(replies, 201), 1);
    },
  },
];
