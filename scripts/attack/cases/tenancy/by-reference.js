import { demand } from '../../world/demand.js';
import { SOME_ID, uniqueEmail, uniqueKey, uniqueName } from '../../world/names.js';
import { me } from '../shared.js';

const area = 'tenancy';

/** The request that names the other tenant's id is refused, with the code of an id that does not exist. */
async function probe(look, what, id, send) {
  const [other, nothing] = [await send(id), await send(SOME_ID)];
  look.refused(what, other);
  look.equal(`${what}: the code`, other.body.code, nothing.body.code);
}

export const BY_REFERENCE = [
  {
    id: 'tenancy-invited-into',
    area,
    title: 'An invitation into another tenant’s department or team',
    recalls: 'better-auth#9974',
    expected: 'refused like an id that does not exist',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const ask = (more) =>
        client.post('/auth/invite', { email: uniqueEmail('invited'), role: 'user', ...more });
      await probe(look, 'department', theirs.ids.department, (departmentId) => ask({ departmentId }));
      await probe(look, 'team', theirs.ids.team, (teamId) => ask({ teamIds: [teamId] }));
      await probe(look, 'role', theirs.role.key, (role) =>
        ask({ role: role === SOME_ID ? 'nothing' : role }),
      );
    },
  },
  {
    id: 'tenancy-invited-into-by-list',
    area,
    title: 'The same by a list of invitations',
    recalls: 'better-auth#9974; CVE-2026-14209 Keycloak',
    expected: 'each line is refused',
    run: async (t, look, { mine, theirs }) => {
      const lines = [
        { departmentId: theirs.ids.department },
        { teamIds: [theirs.ids.team] },
        { role: theirs.role.key },
      ];
      const invitations = lines.map((line) => ({ email: uniqueEmail('invited'), role: 'user', ...line }));
      const { body } = demand(await t.as(mine.owner).post('/auth/invite/bulk', { invitations }), 200);
      for (const { status, index } of body.results) look.equal(`line ${index}`, status, 'refused');
    },
  },
  {
    id: 'tenancy-moved-into',
    area,
    title: 'The own member moved into another tenant’s department or team, or given its role',
    recalls: 'better-auth#9974; Better Auth 12a9de02',
    expected: 'refused like an id that does not exist',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const change = (body) => client.patch(`/tenants/current/members/${mine.ids.member}`, body);
      await probe(look, 'department', theirs.ids.department, (departmentId) => change({ departmentId }));
      await probe(look, 'team', theirs.ids.team, (teamId) => change({ teamIds: [teamId] }));
      await probe(look, 'role', theirs.role.key, (role) =>
        change({ role: role === SOME_ID ? 'nothing' : role }),
      );
    },
  },
  {
    id: 'tenancy-department-under',
    area,
    title: 'A department under another tenant’s department, or with its role',
    recalls: 'Better Auth 12a9de02',
    expected: 'refused like an id that does not exist',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const create = (body) =>
        client.post('/tenants/current/departments', { name: uniqueName('department'), ...body });
      const change = (body) => client.patch(`/tenants/current/departments/${mine.ids.department}`, body);
      await probe(look, 'created under', theirs.ids.department, (parentId) => create({ parentId }));
      await probe(look, 'moved under', theirs.ids.department, (parentId) => change({ parentId }));
      look.refused('its role', await change({ roleKey: theirs.role.key }));
    },
  },
  {
    id: 'tenancy-moved-on-deletion',
    area,
    title: 'Members moved to another tenant’s role or department by deleting the own one',
    recalls: 'Better Auth 12a9de02; Casdoor CVE-2026-9094',
    expected: 'refused like an id that does not exist',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const role = `/tenants/current/roles/${mine.ids.role}?moveMembersTo=`;
      const department = `/tenants/current/departments/${mine.ids.department}?moveMembersTo=`;
      await probe(look, 'role', theirs.ids.role, (id) => client.delete(role + id));
      await probe(look, 'department', theirs.ids.department, (id) => client.delete(department + id));
    },
  },
  {
    id: 'tenancy-transferred-to',
    area,
    title: 'The own organisation transferred to another tenant’s member',
    recalls: 'CVE-2025-27507 Zitadel',
    expected: 'refused like an id that does not exist',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const transfer = (memberId) => client.post('/tenants/current/transfer', { memberId, role: 'user' });
      await probe(look, 'the transfer', theirs.ids.member, transfer);
      await probe(look, 'to its owner', theirs.owner.user.id, transfer);
    },
  },
  {
    id: 'tenancy-named-elsewhere',
    area,
    title: 'Another tenant named in a header, in the query or in the body, beside the own token',
    recalls: 'GHSA-h3rm-78g3-j7cp Better Auth (checked in one organisation, applied to another)',
    expected: 'the own tenant, or a refusal',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const id = theirs.ids.organisation;
      const names = [
        'x-tenant-id',
        'x-org-id',
        'x-organization-id',
        'x-tenant',
        'x-auth-tenant',
        'x-forwarded-tenant',
      ];
      const isOwn = (what, reply) =>
        look.holds(
          `${what} reaches the other tenant`,
          !reply.text.includes(id) && !reply.text.includes(theirs.ids.member),
          'own',
        );
      for (const name of names) {
        isOwn(name, await client.get('/tenants/current', { headers: { [name]: id } }));
        isOwn(name, await client.get('/tenants/current/members', { headers: { [name]: id } }));
      }
      for (const query of ['orgId', 'tenantId', 'organizationId', 'tenant', 'org_id']) {
        isOwn(query, await client.get(`/tenants/current/members?${query}=${id}`));
        isOwn(query, await client.get(`/tenants/current?${query}=${id}`));
      }
      const body = { name: uniqueName('team'), tenantId: id };
      look.refused('in the body', await client.post('/tenants/current/teams', body), 400);
    },
  },
  {
    id: 'tenancy-session-columns',
    area,
    title: 'The active organisation or the impersonator written by the update of the profile',
    recalls: 'better-auth#9965',
    expected: '400, and nothing changes',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const id = theirs.ids.organisation;
      const fields = [
        'orgId',
        'tenantId',
        'activeOrganizationId',
        'organizationId',
        'impersonatedBy',
        'sessionId',
        'tenant',
      ];
      for (const field of fields) look.refused(field, await client.patch('/auth/me', { [field]: id }), 400);
      look.equal('the tenant', (await me(client)).body.tenant.id, mine.ids.organisation);
    },
  },
  {
    id: 'tenancy-key-of-roles',
    area,
    title: 'A role created in the own tenant with another tenant’s id, or as its member',
    recalls: 'better-auth#9974 (mass assignment); CVE-2025-64431 Zitadel',
    expected: '400',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const role = { key: uniqueKey().slice(0, 40), name: uniqueName('role'), level: 5, permissions: {} };
      for (const field of ['tenantId', 'tenant_id', 'orgId', 'id']) {
        const reply = await client.post('/tenants/current/roles', {
          ...role,
          [field]: theirs.ids.organisation,
        });
        look.refused(field, reply, 400);
      }
    },
  },
];
