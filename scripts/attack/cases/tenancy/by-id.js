import { SOME_ID } from '../../world/names.js';
import { typeId } from '../../world/type-id.js';

const area = 'tenancy';
const RECALLS = 'Better Auth 12a9de02; CVE-2025-64431, CVE-2025-27507 Zitadel';
const EXPECTED = '404, as for an id that does not exist';

/**
 * Each request with the other tenant's id and with an id that does not exist: both are refused, with the same
 * response.
 */
async function probe(t, look, { mine }, id, requests) {
  const client = t.as(mine.owner);
  for (const [method, path, body] of requests) {
    const send = (value) => client.send(method, path.replace('{id}', value), body);
    const other = await send(id);
    const what = `${method} ${path}`;
    look.refused(what, other, 404);
    const nothing = await send(SOME_ID);
    const isEqual = other.status === nothing.status && other.body.code === nothing.body.code;
    look.holds(`${what} differs from an id that does not exist`, isEqual, 'as for an id that does not exist');
  }
}

const caseOf = (name, title, run) => ({
  id: `tenancy-${name}`,
  area,
  title,
  recalls: RECALLS,
  expected: EXPECTED,
  run,
});

const ROLE = { name: 'Taken' };

export const BY_ID = [
  caseOf(
    'members',
    'Reading, changing, suspending, signing out and removing another tenant’s member',
    (t, look, shared) =>
      probe(t, look, shared, shared.theirs.ids.member, [
        ['GET', '/tenants/current/members/{id}'],
        ['PATCH', '/tenants/current/members/{id}', { role: 'manager' }],
        ['POST', '/tenants/current/members/{id}/suspend'],
        ['POST', '/tenants/current/members/{id}/restore'],
        ['DELETE', '/tenants/current/members/{id}/sessions'],
        ['DELETE', '/tenants/current/members/{id}'],
      ]),
  ),
  caseOf('roles', 'Reading, changing and deleting another tenant’s role', (t, look, shared) =>
    probe(t, look, shared, shared.theirs.ids.role, [
      ['GET', '/tenants/current/roles/{id}'],
      ['PATCH', '/tenants/current/roles/{id}', ROLE],
      ['DELETE', '/tenants/current/roles/{id}'],
    ]),
  ),
  caseOf('departments', 'Reading, changing and deleting another tenant’s department', (t, look, shared) =>
    probe(t, look, shared, shared.theirs.ids.department, [
      ['GET', '/tenants/current/departments/{id}'],
      ['GET', '/tenants/current/departments/{id}/members'],
      ['PATCH', '/tenants/current/departments/{id}', ROLE],
      ['DELETE', '/tenants/current/departments/{id}'],
    ]),
  ),
  caseOf(
    'teams',
    'Reading, changing, adding members to and deleting another tenant’s team',
    (t, look, shared) =>
      probe(t, look, shared, shared.theirs.ids.team, [
        ['GET', '/tenants/current/teams/{id}'],
        ['GET', '/tenants/current/teams/{id}/members'],
        ['PATCH', '/tenants/current/teams/{id}', ROLE],
        ['PUT', `/tenants/current/teams/{id}/members/${shared.mine.ids.member}`],
        ['DELETE', `/tenants/current/teams/{id}/members/${shared.mine.ids.member}`],
        ['DELETE', '/tenants/current/teams/{id}'],
      ]),
  ),
  caseOf(
    'team-members',
    'Adding another tenant’s member to an own team, and removing them',
    (t, look, shared) =>
      probe(t, look, shared, shared.theirs.ids.member, [
        ['PUT', `/tenants/current/teams/${shared.mine.ids.team}/members/{id}`],
        ['DELETE', `/tenants/current/teams/${shared.mine.ids.team}/members/{id}`],
      ]),
  ),
  caseOf('invitations', 'Resending and revoking another tenant’s invitation', (t, look, shared) =>
    probe(t, look, shared, shared.theirs.ids.invitation, [
      ['POST', '/tenants/current/invitations/{id}/resend'],
      ['DELETE', '/tenants/current/invitations/{id}'],
    ]),
  ),
  caseOf('keys', 'Reading, renaming, rotating and revoking another tenant’s API key', (t, look, shared) =>
    probe(t, look, shared, shared.theirs.ids.apiKey, [
      ['GET', '/auth/api-keys/{id}'],
      ['GET', '/auth/api-keys/{id}/usage'],
      ['PATCH', '/auth/api-keys/{id}', ROLE],
      ['POST', '/auth/api-keys/{id}/rotate', {}],
      ['DELETE', '/auth/api-keys/{id}'],
    ]),
  ),
  caseOf(
    'sessions',
    'Ending another person’s session, of another tenant and of the own one',
    async (t, look, shared) => {
      await probe(t, look, shared, shared.theirs.ids.session, [['DELETE', '/auth/sessions/{id}']]);
      await probe(t, look, shared, shared.mine.ids.session, [['DELETE', '/auth/sessions/{id}']]);
    },
  ),
  caseOf('organisations', 'Switching to another tenant, and leaving it', (t, look, shared) => {
    const orgId = shared.theirs.ids.organisation;
    return probe(t, look, shared, orgId, [['DELETE', '/users/me/organisations/{id}']]).then(async () => {
      const client = t.as(shared.mine.owner);
      look.refused('the switch', await client.post('/users/me/switch-org', { orgId }), 404);
      look.refused(
        'to an id that does not exist',
        await client.post('/users/me/switch-org', { orgId: SOME_ID }),
        404,
      );
    });
  }),
  caseOf('katixo-organisations', 'Switching to another tenant at Katixo', async (t, look, shared) => {
    t.needContract('katixo');
    const client = t.as(shared.mine.owner);
    for (const orgId of [shared.theirs.ids.organisation, SOME_ID]) {
      look.refused('the switch', await client.post('/api/v1/users/me/switch-org', { orgId }), 404);
    }
  }),
  caseOf('datixlab-keys', 'Revoking another tenant’s API key at Datix Lab', async (t, look, shared) => {
    t.needContract('datixlab');
    const client = t.as(shared.mine.owner);
    for (const id of [shared.theirs.ids.apiKey, SOME_ID]) {
      look.refused('the revocation', await client.delete(`/v1/auth/api-keys/${typeId('key', id)}`), 404);
    }
  }),
  {
    ...caseOf(
      'every-path',
      'Every operation that has an id in its path, with each kind of id of another tenant',
      run,
    ),
    recalls: 'CVE-2025-64431 Zitadel; CVE-2026-14209 Keycloak (a parallel endpoint without the filter)',
    expected: 'no response below 400',
    budget: 420,
  },
];

/** Generated from the documents, so that no new operation is forgotten. */
async function run(t, look, { mine, theirs }) {
  const client = t.as(mine.owner);
  const operations = t.world
    .operations({ signedIn: true })
    .filter(({ template }) => /\{\w+\}/.test(template));
  for (const { name, method, template, takesJson } of operations) {
    for (const [kind, id] of Object.entries(theirs.ids)) {
      const value = template.startsWith('/v1/') ? typeId('key', id) : id;
      const path = template.replace(/\{\w+\}/g, value);
      const reply = await client.send(method, path, takesJson ? { name: 'Taken' } : undefined);
      look.refused(`${name} with a ${kind}`, reply);
    }
  }
}
