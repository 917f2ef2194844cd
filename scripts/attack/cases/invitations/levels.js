import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail, uniqueKey, uniqueName } from '../../world/names.js';
import { invite, member } from '../../world/people.js';

const area = 'invitations';
const NAMES = { firstName: 'Attack', lastName: 'Pack' };

const accept = (t, token) =>
  t.client().post('/auth/invite/accept', { token, password: newPassword(), ...NAMES });

async function createRole(t, owner, level, permissions) {
  const body = { key: uniqueKey().slice(0, 40), name: uniqueName('role'), level, permissions };
  return demand(await t.as(owner).post('/tenants/current/roles', body), 201).body;
}

/** A person whose inviter may no longer give the role does not get in, and is not shown the invitation. */
async function expectOver(t, look, token) {
  look.refused('looking', await t.client().get(`/auth/invite/validate?token=${token}`), 400, 404);
  look.refused('accepting', await accept(t, token), 400, 403, 404);
}

export const LEVELS = [
  {
    id: 'invitations-above-oneself',
    area,
    title: 'An invitation into a role above the inviter’s own',
    recalls: 'past-bugs S1: any role but owner; CVE-2026-3121 Keycloak',
    expected: '403',
    run: async (t, look, { manager }) => {
      const client = t.as(manager);
      look.refused('admin', await client.post('/auth/invite', { email: uniqueEmail(), role: 'admin' }), 403);
      look.refused('by SMS', await client.post('/auth/invite', { phone: newPhone(), role: 'admin' }), 403);
    },
  },
  {
    id: 'invitations-above-oneself-by-list',
    area,
    title: 'The same in a list, between lines that are allowed',
    recalls: 'CVE-2026-14209 Keycloak (#50569: a parallel endpoint lacks the check)',
    expected: 'that line is refused',
    run: async (t, look, { manager }) => {
      const emails = [uniqueEmail(), uniqueEmail(), uniqueEmail()];
      const invitations = emails.map((email, index) => ({ email, role: index === 1 ? 'admin' : 'user' }));
      const { body } = demand(await t.as(manager).post('/auth/invite/bulk', { invitations }), 200);
      look.equal('the line above', body.results[1].status, 'refused');
      look.equal('messages to it', (await t.mailbox.messages(emails[1])).length, 0);
    },
  },
  {
    id: 'invitations-above-oneself-at-katixo',
    area,
    title: 'The same at Katixo',
    recalls: 'CVE-2026-16103 Keycloak (the incomplete fix)',
    expected: '400 or 403',
    run: async (t, look, { manager }) => {
      t.needContract('katixo');
      const body = { phone: newPhone(), role: 'ADMIN', name: 'Attack Pack' };
      look.refused('the invitation', await t.as(manager).post('/api/v1/auth/invite', body), 400, 403);
    },
  },
  {
    id: 'invitations-rights-one-lacks',
    area,
    title:
      'An invitation into a lower role with a permission that the inviter lacks, alone and by a department',
    recalls: 'past-bugs S1: a custom role holding a permission the inviter lacks',
    expected: '403',
    run: async (t, look, { owner, manager }) => {
      const role = await createRole(t, owner, 20, { auditEvents: { view: true } });
      const client = t.as(manager);
      look.refused(
        'the role',
        await client.post('/auth/invite', { email: uniqueEmail(), role: role.key }),
        403,
      );
      const department = { name: uniqueName('department'), roleKey: role.key };
      const { id } = demand(await t.as(owner).post('/tenants/current/departments', department), 201).body;
      const body = { email: uniqueEmail(), role: 'user', departmentId: id };
      look.refused('the department', await client.post('/auth/invite', body), 403);
    },
  },
  {
    id: 'invitations-unknown-roles',
    area,
    title: 'Invitations into roles that do not exist',
    recalls: 'better-auth#9962',
    expected: '400',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      for (const role of [
        'superadmin',
        'OWNER',
        'Admin',
        '',
        '*',
        ['admin'],
        { key: 'admin' },
        null,
        1,
        '__proto__',
        'constructor',
      ]) {
        look.refused(
          JSON.stringify(role),
          await client.post('/auth/invite', { email: uniqueEmail(), role }),
          400,
        );
      }
    },
  },
  {
    id: 'invitations-by-those-who-may-not',
    area,
    title: 'Inviting, listing, resending and revoking by a plain member',
    recalls: 'CVE-2026-53515 Better Auth; better-auth#9974',
    expected: '403',
    run: async (t, look, { owner, user }) => {
      const { id } = await invite(t, owner);
      const client = t.as(user);
      look.refused(
        'inviting',
        await client.post('/auth/invite', { email: uniqueEmail(), role: 'user' }),
        403,
      );
      look.refused('listing', await client.get('/tenants/current/invitations'), 403);
      look.refused('resending', await client.post(`/tenants/current/invitations/${id}/resend`), 403);
      look.refused('revoking', await client.delete(`/tenants/current/invitations/${id}`), 403);
    },
  },
  {
    id: 'invitations-of-a-demoted',
    area,
    title: 'An invitation whose inviter was demoted before it was accepted',
    recalls: 'past-bugs S1: repeat after the inviter is demoted; OWASP ASVS V8.3.2',
    expected: '400',
    run: async (t, look, { owner }) => {
      const inviter = await member(t, owner, 'manager');
      const { token } = await invite(t, inviter, { role: 'manager' });
      demand(await t.as(owner).patch(`/tenants/current/members/${inviter.user.id}`, { role: 'user' }), 200);
      await expectOver(t, look, token);
    },
  },
  {
    id: 'invitations-of-a-removed',
    area,
    title: 'Invitations whose inviters were removed and suspended before they were accepted',
    recalls: 'CVE-2024-46999 Zitadel; past-bugs S1',
    expected: '400',
    run: async (t, look, { owner }) => {
      const [removed, suspended] = [await member(t, owner, 'manager'), await member(t, owner, 'manager')];
      const [first, second] = [await invite(t, removed), await invite(t, suspended)];
      const client = t.as(owner);
      demand(await client.delete(`/tenants/current/members/${removed.user.id}`), 204);
      demand(await client.post(`/tenants/current/members/${suspended.user.id}/suspend`), 200);
      await expectOver(t, look, first.token);
      await expectOver(t, look, second.token);
    },
  },
  {
    id: 'invitations-into-a-widened-role',
    area,
    title: 'An invitation whose role was widened beyond the inviter between sending and acceptance',
    recalls: 'past-bugs S1: the role widened between send and accept',
    expected: '400',
    run: async (t, look, { owner, manager }) => {
      const role = await createRole(t, owner, 10, {});
      const { token } = await invite(t, manager, { role: role.key });
      const rights = { permissions: { auditEvents: { view: true } } };
      demand(await t.as(owner).patch(`/tenants/current/roles/${role.id}`, rights), 200);
      await expectOver(t, look, token);
    },
  },
  {
    id: 'invitations-taken-over',
    area,
    title: 'An invitation of a superior resent or revoked by a member below its role',
    recalls: 'CVE-2026-3121 Keycloak; better-auth#9974',
    expected: '403',
    run: async (t, look, { owner, manager }) => {
      const { id } = await invite(t, owner, { role: 'admin' });
      const client = t.as(manager);
      look.refused('resending', await client.post(`/tenants/current/invitations/${id}/resend`), 403);
    },
  },
];
