import { randomUUID } from 'node:crypto';
import { AccountDeletions } from '../../support/account-deletions.js';
import { burst, countBy } from '../../support/burst.js';
import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import {
  MEMBERS,
  type PageAnswer,
  type Refused,
  type RoleAnswer,
  ROLES,
  Tenants,
  withoutInstance,
} from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the roles of an organisation', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const list = async (as: Account, query = '') =>
    (await as.client.get<PageAnswer<RoleAnswer>>(`${ROLES}${query}`)).body;
  const create = (as: Account, body: object = {}) =>
    as.client.post<RoleAnswer & Refused>(ROLES, {
      key: 'custom',
      name: 'Custom',
      level: 20,
      permissions: {},
      ...body,
    });
  const change = (as: Account, id: string, body: object) =>
    as.client.patch<RoleAnswer & Refused>(`${ROLES}/${id}`, body);
  const remove = (as: Account, id: string, successor?: string) =>
    as.client.delete(`${ROLES}/${id}${successor === undefined ? '' : `?moveMembersTo=${successor}`}`);
  const invite = (as: Account, role: string) =>
    as.client.post('/auth/invite', { email: uniqueEmail(), role });

  describe('as a list', () => {
    it('begins with the template’s, with every permission and the number of members', async () => {
      const { owner, manager } = await tenants.staff();
      const { data, nextCursor } = await list(manager);
      expect(nextCursor).toBeNull();
      expect(data.map(({ key, level, memberCount }) => [key, level, memberCount])).toEqual([
        ['admin', 100, 2],
        ['manager', 50, 1],
        ['user', 10, 1],
      ]);
      expect(data[2]?.permissions.leads).toEqual({ view: true, create: true, edit: true, delete: false });
      const first = data[0]?.id ?? '';
      expect((await owner.client.get<RoleAnswer>(`${ROLES}/${first}`)).body).toEqual(data[0]);
    });

    it('counts the members of the member list: suspended ones, and none that deleted their account', async () => {
      const { owner, manager, user } = await tenants.staff();
      await owner.client.post(`${MEMBERS}/${manager.user.id}/suspend`);
      const deletions = new AccountDeletions(t);
      await deletions.left(user.client);
      const agrees = async (expected: Record<string, number>) => {
        const members = (await owner.client.get<PageAnswer<{ role: string }>>(MEMBERS)).body.data;
        expect(countBy(members, ({ role }) => role)).toEqual(expected);
        const { data } = await list(owner);
        const counted = data.filter(({ memberCount }) => memberCount > 0);
        expect(Object.fromEntries(counted.map(({ key, memberCount }) => [key, memberCount]))).toEqual(
          expected,
        );
      };
      await agrees({ admin: 2, manager: 1 });
      expect(await remove(owner, await tenants.roleId(owner, 'user'))).toBeProblem('role_in_use');
      await deletions.restore(await deletions.token(user.email));
      await agrees({ admin: 2, manager: 1, user: 1 });
    });

    it('comes in pages that contain each once', async () => {
      const owner = await t.given.tenant();
      const first = await list(owner, '?limit=2');
      const second = await list(owner, `?limit=2&cursor=${first.nextCursor}`);
      expect([...first.data, ...second.data].map(({ key }) => key)).toEqual(['admin', 'manager', 'user']);
      expect(second.nextCursor).toBeNull();
      expect(await owner.client.get(`${ROLES}?cursor=!`)).toBeProblem('validation_failed');
    });

    it('uses the keys of one catalogue, which marks what the caller may grant', async () => {
      const { owner, manager } = await tenants.staff();
      const read = async (as: Account) =>
        (
          await as.client.get<{ resource: string; actions: string[]; held: string[] }[]>(
            '/tenants/current/permissions',
          )
        ).body;
      const members = { resource: 'members', actions: ['view', 'edit', 'delete'] };
      expect(await read(owner)).toContainEqual({ ...members, held: ['view', 'edit', 'delete'] });
      expect(await read(manager)).toContainEqual({ ...members, held: ['view', 'edit'] });
      const workflows = { resource: 'workflows', actions: ['approve'], held: [] };
      expect(await read(owner)).toContainEqual(workflows);
    });
  });

  describe('can be added', () => {
    it('with name, level and permissions, and be assigned at once', async () => {
      const owner = await t.given.tenant();
      const permissions = { leads: { view: true, delete: false }, settings: { view: true } };
      const { status, body } = await create(owner, {
        key: 'auditor',
        name: 'Auditor',
        level: 20,
        permissions,
      });
      expect(status).toBe(201);
      expect(body).toEqual({
        id: body.id,
        key: 'auditor',
        name: 'Auditor',
        level: 20,
        permissions: {
          leads: { view: true, create: false, edit: false, delete: false },
          settings: { view: true, edit: false },
        },
        memberCount: 0,
        createdAt: body.createdAt,
      });
      const member = await t.given.member(owner, 'auditor');
      expect((await member.client.get('/tenants/current')).status).toBe(200);
      expect(await member.client.get(MEMBERS)).toBeProblem('permission_missing');
      const [event] = await tenants.trail(owner, 'role.created');
      expect(event).toMatchObject({
        actor_id: owner.user.id,
        target_id: body.id,
        detail: { key: 'auditor' },
      });
    });

    it.each([
      [{ key: 'Auditor' }],
      [{ key: '' }],
      [{ key: 'a b' }],
      [{ key: 'x'.repeat(41) }],
      [{ name: '' }],
      [{ name: 'see www.evil.example' }],
      [{ level: 100 }],
      [{ level: -1 }],
      [{ level: 1.5 }],
      [{ level: '5' }],
      [{ permissions: null }],
      [{ permissions: [] }],
      [{ permissions: { leads: true } }],
      [{ permissions: { leads: ['view'] } }],
      [{ permissions: { leads: { view: 'yes' } } }],
      [{ permissions: undefined }],
      [{ tenantId: randomUUID() }],
    ])('but not with %j', async (body) => {
      expect(await create(await t.given.tenant(), body)).toBeProblem('validation_failed');
    });

    it.each([
      [{ dragons: { view: true } }, '#/permissions/dragons'],
      [{ leads: { fly: true } }, '#/permissions/leads/fly'],
      [{ leads: { fly: false } }, '#/permissions/leads/fly'],
      [{ toString: { call: true } }, '#/permissions/toString'],
      [{ constructor: { view: true } }, '#/permissions/constructor'],
      [{ prototype: {} }, '#/permissions/prototype'],
      [{ leads: { constructor: true } }, '#/permissions/leads/constructor'],
      [{ leads: { length: true } }, '#/permissions/leads/length'],
      [{ 'a/b': {} }, '#/permissions/a~1b'],
    ])('but not with keys outside the catalogue: %j', async (permissions, pointer) => {
      const owner = await t.given.tenant();
      const { id } = await tenants.role(owner);
      for (const reply of [await create(owner, { permissions }), await change(owner, id, { permissions })]) {
        expect(reply).toBeProblem('validation_failed');
        expect(reply.body.errors).toMatchObject([{ pointer, code: 'unknown_permission' }]);
      }
    });

    it.each(['{"__proto__":{"view":true}}', '{"constructor":{"prototype":{}}}'])(
      'but no JSON that leads to a prototype: %s',
      async (permissions) => {
        const owner = await t.given.tenant();
        const body = `{"key":"auditor","name":"Auditor","level":20,"permissions":${permissions}}`;
        expect(await owner.client.post(ROLES, body)).toBeProblem('malformed_json');
      },
    );

    it('once under one key, in twenty parallel requests', async () => {
      const owner = await t.given.tenant();
      const replies = await burst(20, () => create(owner));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 409: 19 });
      expect(await create(owner)).toBeProblem('role_key_taken');
      expect((await create(await t.given.tenant())).status).toBe(201);
    });
  });

  describe('can be changed', () => {
    it('and the change applies to the next request of tokens already issued', async () => {
      const owner = await t.given.tenant();
      const role = await tenants.role(owner, { permissions: { invitations: { create: true } } });
      const member = await t.given.member(owner, 'custom');
      await tenants.role(owner, { key: 'plain', level: 1 });
      expect((await invite(member, 'plain')).status).toBe(201);

      const changed = await change(owner, role.id, {
        name: 'Other',
        level: 30,
        permissions: { members: { view: true } },
      });

      expect(changed.status).toBe(200);
      const permissions = { members: { view: true, edit: false, delete: false } };
      expect(changed.body).toEqual({ ...role, name: 'Other', level: 30, permissions, memberCount: 1 });
      expect(await invite(member, 'plain')).toBeProblem('permission_missing');
      expect((await member.client.get('/auth/me')).body).toMatchObject({ roleLevel: 30, permissions });
      const [event] = await tenants.trail(owner, 'role.updated');
      expect(event).toMatchObject({
        target_id: role.id,
        detail: {
          key: 'custom',
          fields: ['name', 'level', 'permissions'],
          level: { from: role.level, to: 30 },
          permissions: { added: ['members.view'], removed: ['invitations.create'] },
        },
      });
    });

    it('one field at a time: what is left out stays, and the key always does', async () => {
      const owner = await t.given.tenant();
      const role = await tenants.role(owner, { permissions: { leads: { view: true } } });
      expect((await change(owner, role.id, {})).body).toEqual(role);
      expect((await change(owner, role.id, { level: 3 })).body).toEqual({ ...role, level: 3 });
      expect(await change(owner, role.id, { key: 'other' })).toBeProblem('validation_failed');
      expect(await change(owner, role.id, { level: null })).toBeProblem('validation_failed');
    });

    it('at the top level in nothing but the name', async () => {
      const owner = await t.given.tenant();
      const top = await tenants.roleId(owner, 'admin');
      expect((await change(owner, top, { name: 'Founders' })).body).toMatchObject({
        name: 'Founders',
        level: 100,
      });
      for (const body of [
        { level: 50 },
        { permissions: {} },
        { name: 'x', permissions: { leads: { view: true } } },
      ]) {
        expect(await change(owner, top, body)).toBeProblem('role_protected');
      }
      expect(await remove(owner, top, await tenants.roleId(owner, 'user'))).toBeProblem('role_protected');
      expect((await owner.client.get('/auth/me')).body.roleLevel).toBe(100);
    });
  });

  describe('can be deleted', () => {
    it('where nobody has them, with past invitations left', async () => {
      const owner = await t.given.tenant();
      const { id } = await tenants.role(owner);
      const member = await t.given.member(owner, 'custom');
      await owner.client.patch(`${MEMBERS}/${member.user.id}`, { role: 'user' });
      expect((await remove(owner, id)).status).toBe(204);
      expect(await owner.client.get(`${ROLES}/${id}`)).toBeProblem('not_found');
      expect(await remove(owner, id)).toBeProblem('not_found');
      const past = await t.database.query('SELECT role_id FROM invitations WHERE tenant_id = $1', [
        owner.tenant.id,
      ]);
      expect(past).toEqual([{ role_id: null }]);
      const [event] = await tenants.trail(owner, 'role.deleted');
      expect(event).toMatchObject({ target_id: id, detail: { key: 'custom' } });
    });

    it('not while a member has them, suspended or not, or an invitation names them', async () => {
      const owner = await t.given.tenant();
      const { id } = await tenants.role(owner);
      const member = await t.given.member(owner, 'custom');
      expect(await remove(owner, id)).toBeProblem('role_in_use');
      await owner.client.post(`${MEMBERS}/${member.user.id}/suspend`);
      expect(await remove(owner, id)).toBeProblem('role_in_use');
      await owner.client.delete(`${MEMBERS}/${member.user.id}`);
      await t.given.invitation(owner, { role: 'custom' });
      expect(await remove(owner, id)).toBeProblem('role_in_use');
    });

    it('with their members and open invitations moved in the same step', async () => {
      const owner = await t.given.tenant();
      const { id } = await tenants.role(owner);
      const member = await t.given.member(owner, 'custom');
      const { token } = await t.given.invitation(owner, { role: 'custom' });
      expect((await remove(owner, id, await tenants.roleId(owner, 'manager'))).status).toBe(204);
      expect((await member.client.get('/auth/me')).body.role).toBe('manager');
      const body = { token, password: PASSWORD, firstName: 'Nia', lastName: 'New' };
      expect((await t.post('/auth/invite/accept', body)).body.user.role).toBe('manager');
      const [event] = await tenants.trail(owner, 'role.deleted');
      expect(event?.detail).toEqual({ key: 'custom', movedTo: 'manager', members: 1 });
    });

    it('but their members cannot move into a role of another organisation', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const { id } = await tenants.role(owner);
      await t.given.member(owner, 'custom');
      const before = await tenants.contents(owner);
      for (const successor of [id, randomUUID(), await tenants.roleId(stranger, 'user')]) {
        expect(await remove(owner, id, successor)).toBeProblem('role_not_found');
      }
      expect(await remove(owner, id, 'user')).toBeProblem('validation_failed');
      expect(await tenants.contents(owner)).toEqual(before);
    });

    it('while others are invited to them, accept and get them, and nobody is left without a role', async () => {
      const owner = await t.given.tenant();
      const successor = await tenants.roleId(owner, 'user');
      for (let round = 0; round < 10; round += 1) {
        const { id } = await tenants.role(owner);
        const { token } = await t.given.invitation(owner, { role: 'custom' });
        const body = { token, password: PASSWORD, firstName: 'Nia', lastName: 'New' };
        const [deleted, invited, accepted] = await Promise.all([
          remove(owner, id, successor),
          invite(owner, 'custom'),
          t.post('/auth/invite/accept', body),
        ]);
        expect([204, 409]).toContain(deleted.status);
        expect([201, 400]).toContain(invited.status);
        expect(accepted.status).toBe(201);
        if (deleted.status === 409) expect((await remove(owner, id, successor)).status).toBe(204);
        expect((await t.client(accepted.body.accessToken).get('/auth/me')).body.role).toBe('user');
      }
    });
  });

  it('of another organisation get the response of random ids', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const theirs = await tenants.role(stranger);
    const before = await tenants.contents(stranger);
    const acts = [
      (id: string) => owner.client.get(`${ROLES}/${id}`),
      (id: string) => change(owner, id, { name: 'Mine now' }),
      (id: string) => remove(owner, id),
      async (id: string) => remove(owner, id, await tenants.roleId(owner, 'user')),
    ];
    for (const act of acts) {
      const unknown = await act(randomUUID());
      expect(unknown).toBeProblem('not_found');
      expect(withoutInstance(await act(theirs.id))).toEqual(withoutInstance(unknown));
    }
    expect(await tenants.contents(stranger)).toEqual(before);
  });
});
