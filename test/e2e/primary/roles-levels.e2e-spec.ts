import type { Account } from '../../support/given.js';
import { type RoleAnswer, ROLES, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const CRUD = { view: true, create: true, edit: true, delete: true };

describe('a member who manages roles below the top level', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  let owner: Account;
  /** Level 50, with every permission over roles, members and invitations. */
  let deputy: Account;
  let own: RoleAnswer;

  beforeAll(async () => {
    owner = await t.given.tenant();
    const permissions = {
      roles: CRUD,
      members: { view: true, edit: true, delete: true },
      invitations: { view: true, create: true },
      leads: { view: true },
    };
    own = await tenants.role(owner, { key: 'deputy', level: 50, permissions });
    deputy = await t.given.member(owner, 'deputy');
  });

  const create = (body: object) =>
    deputy.client.post<RoleAnswer>(ROLES, { key: 'new', name: 'New', level: 10, permissions: {}, ...body });
  const change = (id: string, body: object) => deputy.client.patch<RoleAnswer>(`${ROLES}/${id}`, body);
  const remove = (id: string, query = '') => deputy.client.delete(`${ROLES}/${id}${query}`);

  it('creates none above their level, and none with a permission they lack', async () => {
    for (const body of [
      { level: 51 },
      { permissions: { leads: { edit: true } } },
      { permissions: { settings: { view: true } } },
      { permissions: { leads: { view: true }, invoices: { view: true } } },
    ]) {
      expect(await create(body)).toBeProblem('role_level_exceeded');
    }
    expect((await create({ key: 'equal', level: 50, permissions: { leads: { view: true } } })).status).toBe(
      201,
    );
  });

  it('changes none at or above their level, and not their own', async () => {
    const equal = await tenants.role(owner, { key: 'same', level: 50 });
    const above = await tenants.role(owner, { key: 'above', level: 51 });
    for (const id of [equal.id, above.id, own.id, await tenants.roleId(owner, 'admin')]) {
      expect(await change(id, { name: 'Lower' })).toBeProblem('role_level_exceeded');
      expect(await change(id, { level: 1 })).toBeProblem('role_level_exceeded');
      expect(await change(id, { permissions: {} })).toBeProblem('role_level_exceeded');
      expect(await remove(id)).toBeProblem('role_level_exceeded');
    }
    expect((await deputy.client.get('/auth/me')).body.permissions).toEqual(own.permissions);
  });

  it('changes none with a permission that they lack, however low', async () => {
    const strong = await tenants.role(owner, {
      key: 'strong',
      level: 5,
      permissions: { settings: { edit: true } },
    });
    for (const body of [{ name: 'x' }, { permissions: {} }, { level: 6 }]) {
      expect(await change(strong.id, body)).toBeProblem('role_level_exceeded');
    }
    expect(await remove(strong.id)).toBeProblem('role_level_exceeded');
  });

  it('raises none above themselves, and adds no permission they lack', async () => {
    const low = await tenants.role(owner, { key: 'low', level: 5 });
    for (const body of [
      { level: 51 },
      { permissions: { leads: { delete: true } } },
      { permissions: { auditEvents: { view: true } } },
      { level: 50, permissions: { apiKeys: { create: true } } },
    ]) {
      expect(await change(low.id, body)).toBeProblem('role_level_exceeded');
    }
    const fair = await change(low.id, { level: 50, permissions: { leads: { view: true } } });
    expect(fair.status).toBe(200);
    expect(await change(low.id, { level: 5 })).toBeProblem('role_level_exceeded');
  });

  it('moves nobody into a role they could not grant', async () => {
    const vanishing = await tenants.role(owner, { key: 'vanishing', level: 5 });
    const member = await t.given.member(owner, 'vanishing');
    const strong = await tenants.role(owner, {
      key: 'stronger',
      level: 5,
      permissions: { settings: { edit: true } },
    });
    for (const successor of [strong.id, await tenants.roleId(owner, 'admin')]) {
      expect(await remove(vanishing.id, `?moveMembersTo=${successor}`)).toBeProblem('role_level_exceeded');
    }
    expect((await member.client.get('/auth/me')).body.role).toBe('vanishing');
    expect((await remove(vanishing.id, `?moveMembersTo=${own.id}`)).status).toBe(204);
    expect((await member.client.get('/auth/me')).body.role).toBe('deputy');
  });

  it('invites nobody into a role that exceeds them, even one that was widened after the invitation', async () => {
    const role = await tenants.role(owner, { key: 'widened', level: 5 });
    const { token } = await t.given.invitation(deputy, { role: 'widened' });
    await owner.client.patch(`${ROLES}/${role.id}`, { permissions: { settings: { edit: true } } });
    expect(await deputy.client.post('/auth/invite', { email: 'x@example.com', role: 'widened' })).toBeProblem(
      'role_level_exceeded',
    );
    const body = { token, password: deputy.password, firstName: 'Nia', lastName: 'New' };
    expect(await t.post('/auth/invite/accept', body)).toBeProblem('invitation_already_used');
  });

  it('loses the permission with the role, between two calls with one token', async () => {
    const another = await tenants.role(owner, { key: 'fleeting', level: 40, permissions: { roles: CRUD } });
    const { client } = await t.given.member(owner, 'fleeting');
    const body = { key: 'theirs', name: 'Theirs', level: 1, permissions: {} };
    expect((await client.post(ROLES, body)).status).toBe(201);
    await owner.client.patch(`${ROLES}/${another.id}`, { permissions: { roles: { view: true } } });
    expect(await client.post(ROLES, { ...body, key: 'again' })).toBeProblem('permission_missing');
    expect((await client.get(ROLES)).status).toBe(200);
  });
});
