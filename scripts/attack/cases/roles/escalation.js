import { demand } from '../../world/demand.js';
import { newPhone, uniqueKey, uniqueName } from '../../world/names.js';
import { me } from '../shared.js';

const area = 'roles';
const change = (client, { user }, body) => client.patch(`/tenants/current/members/${user.id}`, body);
const role = (level, permissions = {}) => ({
  key: uniqueKey().slice(0, 40),
  name: uniqueName('role'),
  level,
  permissions,
});

export const ESCALATION = [
  {
    id: 'roles-own-role',
    area,
    title: 'A higher role for the caller: as a member, as a manager, by the profile',
    recalls: 'CVE-2026-3121 Keycloak; better-auth#9974',
    expected: '400 or 403',
    run: async (t, look, { manager, user }) => {
      for (const one of [manager, user]) {
        const client = t.as(one);
        look.refused(one.user.role, await change(client, one, { role: 'admin' }), 403);
        for (const field of ['role', 'roleLevel', 'permissions', 'isAdmin']) {
          look.refused(field, await client.patch('/auth/me', { [field]: 'admin' }), 400);
        }
        look.equal('the role', (await me(client)).body.role, one.user.role);
      }
    },
  },
  {
    id: 'roles-above-oneself',
    area,
    title: 'A role above the caller’s own given to another member',
    recalls: 'CVE-2026-3121 Keycloak',
    expected: '403',
    run: async (t, look, { manager, user }) => {
      look.refused('admin', await change(t.as(manager), user, { role: 'admin' }), 403);
    },
  },
  {
    id: 'roles-superiors',
    area,
    title: 'Demoting, suspending, signing out and removing superiors and peers, as a manager',
    recalls: 'CVE-2026-3121 Keycloak; CVE-2026-53515 Better Auth',
    expected: '403',
    run: async (t, look, { manager, peer, owner }) => {
      const client = t.as(manager);
      for (const one of [owner, peer]) {
        const path = `/tenants/current/members/${one.user.id}`;
        look.refused('demoting', await client.patch(path, { role: 'user' }), 403);
        look.refused('suspending', await client.post(`${path}/suspend`), 403);
        look.refused('restoring', await client.post(`${path}/restore`), 403);
        look.refused('signing out', await client.delete(`${path}/sessions`), 403);
        look.refused('removing', await client.delete(path), 403);
        look.refused('agents', await client.patch(path, { assignedAgents: ['x'] }), 403);
      }
    },
  },
  {
    id: 'roles-editor-climbs',
    area,
    title: 'A member who may edit roles: a permission they lack, a level above, their own role, a role above',
    recalls: 'CVE-2026-3121 Keycloak',
    expected: '403 or 409',
    run: async (t, look, { editor, editorRole, adminRole, owner }) => {
      const client = t.as(editor);
      const path = '/tenants/current/roles';
      look.refused('a level above', await client.post(path, role(61)), 403);
      look.refused('level 100', await client.post(path, role(100)), 400, 403);
      look.refused(
        'a permission they lack',
        await client.post(path, role(10, { auditEvents: { view: true } })),
        403,
      );
      look.refused(
        'their own level raised',
        await client.patch(`${path}/${editorRole.id}`, { level: 99 }),
        403,
      );
      const more = { permissions: { ...editorRole.permissions, settings: { edit: true } } };
      look.refused('their own permissions', await client.patch(`${path}/${editorRole.id}`, more), 403);
      look.refused(
        'the top-level role',
        await client.patch(`${path}/${adminRole.id}`, { name: 'Taken' }),
        403,
        409,
      );
      look.refused('deleting it', await client.delete(`${path}/${adminRole.id}`), 403, 409);
      look.refused('becoming admin', await change(client, editor, { role: 'admin' }), 403);
      look.refused('demoting the owner', await change(client, owner, { role: 'user' }), 403);
    },
  },
  {
    id: 'roles-widened-for-oneself',
    area,
    title: 'A lower role of a member widened beyond the editor’s own permissions',
    recalls: 'CVE-2026-3121 Keycloak',
    expected: '403',
    run: async (t, look, { editor, lowRole }) => {
      const client = t.as(editor);
      const path = `/tenants/current/roles/${lowRole.id}`;
      const rights = { auditEvents: { view: true }, settings: { view: true, edit: true } };
      look.refused('rights', await client.patch(path, { permissions: rights }), 403);
      look.refused('level', await client.patch(path, { level: 80 }), 403);
    },
  },
  {
    id: 'roles-by-department',
    area,
    title: 'A higher role by a department that has it: created, changed, or entered',
    recalls: 'past-bugs S3: an inherited permission; CVE-2026-3121 Keycloak',
    expected: '403',
    run: async (t, look, { owner, editor, adminDepartment }) => {
      const client = t.as(editor);
      const path = '/tenants/current/departments';
      look.refused(
        'created with admin',
        await client.post(path, { name: uniqueName('department'), roleKey: 'admin' }),
        403,
      );
      const own = demand(await t.as(owner).post(path, { name: uniqueName('department') }), 201).body;
      look.refused('given admin', await client.patch(`${path}/${own.id}`, { roleKey: 'admin' }), 403);
      look.refused('entered', await change(client, editor, { departmentId: adminDepartment.id }), 403);
    },
  },
  {
    id: 'roles-katixo-climb',
    area,
    title: 'An administrator of Katixo who invites an owner',
    recalls: 'past-bugs S1: any role but owner; CVE-2026-16103 Keycloak (another route)',
    expected: '403, or the role does not exist in this organisation',
    run: async (t, look, { manager }) => {
      t.needContract('katixo');
      const client = t.as(manager);
      const invitation = { phone: newPhone(), name: 'Attack Pack' };
      for (const name of ['OWNER', 'ADMIN', 'owner']) {
        look.refused(name, await client.post('/api/v1/auth/invite', { ...invitation, role: name }), 400, 403);
      }
    },
  },
];
