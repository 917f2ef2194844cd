import { demand } from './demand.js';
import { uniqueEmail, uniqueKey, uniqueName } from './names.js';
import { invite, member, tenant } from './people.js';

const POST = async (client, path, body) => demand(await client.post(path, body), 201).body;

/** A tenant with an object of every kind that has an id. */
export async function sampleTenant(t) {
  const owner = await tenant(t);
  const { client } = owner;
  const colleague = await member(t, owner);
  const permissions = { leads: { view: true } };
  const role = await POST(client, '/tenants/current/roles', {
    key: uniqueKey().slice(0, 40),
    name: uniqueName('role'),
    level: 20,
    permissions,
  });
  const department = await POST(client, '/tenants/current/departments', { name: uniqueName('department') });
  const team = await POST(client, '/tenants/current/teams', { name: uniqueName('team') });
  const invitation = await invite(t, owner, { email: uniqueEmail('open') });
  const apiKey = await POST(client, '/auth/api-keys', { name: uniqueName('key') });
  const sessions = demand(await colleague.client.get('/auth/sessions'), 200).body.data;
  const ids = {
    member: colleague.user.id,
    role: role.id,
    department: department.id,
    team: team.id,
    invitation: invitation.id,
    apiKey: apiKey.id,
    session: sessions[0].id,
    organisation: owner.tenant.id,
  };
  return { owner, colleague, role, department, team, invitation, apiKey, ids };
}
