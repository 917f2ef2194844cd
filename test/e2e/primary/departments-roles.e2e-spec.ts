import { type Account, uniqueEmail } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

describe('a department with a role', () => {
  const t = useSharedApp();
  const g = new Groups(t);
  const tenants = new Tenants(t);
  const change = (by: Account, id: string, body: object) =>
    by.client.patch(`/tenants/current/departments/${id}`, body);
  const remove = (by: Account, id: string, query = '') =>
    by.client.delete(`/tenants/current/departments/${id}${query}`);
  const me = async (of: Account) => (await of.client.get('/auth/me')).body;

  /** A tenant with a role of few permissions, and a department that has this role. */
  const withRole = async (...permissions: string[]) => {
    const owner = await t.given.tenant();
    await g.role(owner, 'extra', 40, ...permissions);
    const { id } = await g.department(owner);
    expect((await change(owner, id, { roleKey: 'extra' })).body.roleKey).toBe('extra');
    return { owner, id };
  };

  it('adds its permissions to those of its members, and does not change their level', async () => {
    const { owner, id } = await withRole('teams.create', 'leads.delete');
    const member = await g.memberIn(owner, id);
    const { role, roleLevel, permissions } = await me(member);
    expect([role, roleLevel]).toEqual(['user', 10]);
    expect(permissions.leads).toEqual({ view: true, create: true, edit: true, delete: true });
    expect(permissions.teams).toMatchObject({ create: true, delete: false });
    expect((await me(await t.given.member(owner))).permissions.leads?.delete).toBe(false);
  });

  it('changes what a token that is already issued allows, from the next request on', async () => {
    const { owner, id } = await withRole('teams.create');
    const member = await g.memberIn(owner, id);
    const createTeam = (name: string) => member.client.post('/tenants/current/teams', { name });
    expect((await createTeam('One')).status).toBe(201);
    await change(owner, id, { roleKey: null });
    expect(await createTeam('Two')).toBeProblem('permission_missing');
    await change(owner, id, { roleKey: 'extra' });
    expect((await createTeam('Two')).status).toBe(201);
  });

  it('does not apply to the departments within it', async () => {
    const { owner, id } = await withRole('teams.create');
    const within = await g.department(owner);
    await change(owner, within.id, { parentId: id });
    expect((await me(await g.memberIn(owner, within.id))).permissions.teams?.create).toBe(false);
  });

  it('of another tenant does not exist', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    await g.role(stranger, 'theirs', 5);
    const { id } = await g.department(owner);
    const reply = await change(owner, id, { roleKey: 'theirs' });
    expect(reply).toBeProblem('role_not_found');
    expect(reply.body.errors?.[0]?.pointer).toBe('#/roleKey');
  });

  it('keeps the role from being deleted, and follows where its members are moved to', async () => {
    const { owner, id } = await withRole('teams.create');
    const [extra, user] = await Promise.all(
      ['extra', 'user'].map(async (key) => {
        const sql = 'SELECT id FROM roles WHERE tenant_id = $1 AND key = $2';
        return (await t.database.query<{ id: string }>(sql, [owner.tenant.id, key]))[0]?.id;
      }),
    );
    const path = `/tenants/current/roles/${extra}`;
    expect(await owner.client.delete(path)).toBeProblem('role_in_use');
    expect((await owner.client.delete(`${path}?moveMembersTo=${user}`)).status).toBe(204);
    expect((await owner.client.get(`/tenants/current/departments/${id}`)).body.roleKey).toBe('user');
  });

  it('applies to every check of its members’ permissions at the time of the check', async () => {
    const { owner, id } = await withRole('members.edit', 'members.view', 'teams.edit', 'departments.create');
    await g.role(owner, 'below', 5);
    const [lead, below] = [await g.memberIn(owner, id), await t.given.member(owner, 'below')];
    const agents = { assignedAgents: ['agent-7'] };
    expect((await lead.client.patch(`/tenants/current/members/${below.user.id}`, agents)).status).toBe(200);
    const team = await g.team(owner);
    expect((await lead.client.put(`/tenants/current/teams/${team.id}/members/${below.user.id}`)).status).toBe(
      204,
    );
    expect((await lead.client.post('/tenants/current/departments', { name: 'Own' })).status).toBe(201);
  });

  it('is ineffective for a member who was placed in it by an actor that could not give it', async () => {
    const { owner, id } = await withRole('apiKeys.create', 'settings.edit');
    const [manager, member] = [await t.given.member(owner, 'manager'), await t.given.member(owner)];
    const place = (by: Account) =>
      by.client.patch(`/tenants/current/members/${member.user.id}`, { departmentId: id });
    expect(await place(manager)).toBeProblem('role_level_exceeded');
    expect((await me(member)).departmentId).toBeNull();
    expect((await place(owner)).status).toBe(200);
    expect((await me(member)).permissions.settings?.edit).toBe(true);
  });

  describe('gives nobody what the actor does not hold:', () => {
    /** A member who manages departments, in a tenant with roles of more permissions. */
    const setUp = async () => {
      const owner = await t.given.tenant();
      const crud = ['view', 'create', 'edit', 'delete'].map((action) => `departments.${action}`);
      await g.role(owner, 'chief', 60, ...crud, 'invitations.create', 'members.view', 'leads.view');
      await g.role(owner, 'above', 70, 'leads.view');
      await g.role(owner, 'beyond', 20, 'apiKeys.create');
      await g.role(owner, 'within', 20, 'leads.view');
      const chief = await t.given.member(owner, 'chief');
      return { owner, chief };
    };

    it.each(['above', 'beyond'])('not by creating or changing a department: %s', async (roleKey) => {
      const { chief } = await setUp();
      const body = { name: 'Sales', roleKey };
      expect(await chief.client.post('/tenants/current/departments', body)).toBeProblem(
        'role_level_exceeded',
      );
      const { id } = await g.department(chief);
      expect(await change(chief, id, { roleKey })).toBeProblem('role_level_exceeded');
      expect((await change(chief, id, { roleKey: 'within' })).status).toBe(200);
    });

    it.each(['above', 'beyond'])('nor removes what the actor could not give: %s', async (roleKey) => {
      const { owner, chief } = await setUp();
      const { id } = await g.department(owner);
      await change(owner, id, { roleKey });
      expect(await change(chief, id, { roleKey: null })).toBeProblem('role_level_exceeded');
      expect(await change(chief, id, { roleKey: 'within' })).toBeProblem('role_level_exceeded');
      expect(await remove(chief, id)).toBeProblem('role_level_exceeded');
      expect((await change(chief, id, { name: 'Renamed' })).body.roleKey).toBe(roleKey);
    });

    it('not by inviting into one, alone or in a list', async () => {
      const { owner, chief } = await setUp();
      const { id } = await g.department(owner);
      await change(owner, id, { roleKey: 'beyond' });
      const body = { email: uniqueEmail(), role: 'within', departmentId: id };
      expect(await chief.client.post('/auth/invite', body)).toBeProblem('role_level_exceeded');
      const { results } = (await chief.client.post('/auth/invite/bulk', { invitations: [body] })).body;
      expect(results[0]?.error?.code).toBe('role_level_exceeded');
      expect((await owner.client.post('/auth/invite', body)).status).toBe(201);
    });

    it('not by resending an invitation of a superior into one', async () => {
      const { owner, chief } = await setUp();
      const { id } = await g.department(owner);
      await change(owner, id, { roleKey: 'beyond' });
      const body = { email: uniqueEmail(), role: 'within', departmentId: id };
      const invitation = (await owner.client.post('/auth/invite', body)).body;
      const resend = (by: Account) => by.client.post(`/tenants/current/invitations/${invitation.id}/resend`);
      expect(await resend(chief)).toBeProblem('role_level_exceeded');
      expect((await resend(owner)).status).toBe(200);
    });

    it('not by moving members there from one that is deleted', async () => {
      const { owner, chief } = await setUp();
      const [old, next] = [await g.department(owner), await g.department(owner)];
      await g.memberIn(owner, old.id);
      await change(owner, next.id, { roleKey: 'beyond' });
      const query = `?moveMembersTo=${next.id}`;
      expect(await remove(chief, old.id, query)).toBeProblem('role_level_exceeded');
      expect((await remove(owner, old.id, query)).status).toBe(204);
    });

    it('not by an invitation whose department got a role since', async () => {
      const { owner, chief } = await setUp();
      const { id } = await g.department(owner);
      const token = await g.invite(chief, { role: 'within', departmentId: id });
      const validate = () => t.get(`/auth/invite/validate?token=${token}`);
      await change(owner, id, { roleKey: 'beyond' });
      expect(await validate()).toBeProblem('invitation_already_used');
      await expect(g.accept(token)).rejects.toThrow('invitation_already_used');
      await change(owner, id, { roleKey: 'within' });
      await g.accept(token);
    });
  });

  it('moves no member at or above the level of the actor who deletes it', async () => {
    const owner = await t.given.tenant();
    await g.role(owner, 'chief', 60, 'departments.delete');
    const chief = await t.given.member(owner, 'chief');
    const [old, next] = [await g.department(owner), await g.department(owner)];
    await g.memberIn(owner, old.id, 'chief');
    const query = `?moveMembersTo=${next.id}`;
    expect(await remove(chief, old.id, query)).toBeProblem('member_not_manageable');
    expect((await remove(owner, old.id, query)).status).toBe(204);
  });

  describe('that has members at or above the level of the actor who changes what it adds', () => {
    const leads = { view: true, create: true, edit: true, delete: true };

    /**
     * Level 50, with every permission that the department adds; the superior, at 80, has those permissions from it
     * alone.
     */
    const setUp = async () => {
      const { owner, id } = await withRole(...Object.keys(leads).map((action) => `leads.${action}`));
      const rights = ['departments', 'roles', 'leads'].flatMap((resource) =>
        Object.keys(leads).map((action) => `${resource}.${action}`),
      );
      await g.role(owner, 'deputy', 50, ...rights);
      await g.role(owner, 'chief', 80);
      await g.role(owner, 'successor', 30, 'leads.view');
      const [deputy, superior] = [
        await t.given.member(owner, 'deputy'),
        await g.memberIn(owner, id, 'chief'),
      ];
      const path = async (key: string) => `/tenants/current/roles/${await tenants.roleId(owner, key)}`;
      return { owner, id, deputy, superior, path };
    };

    it.each([null, 'successor'])('keeps its role: %s', async (roleKey) => {
      const { owner, id, deputy, superior } = await setUp();
      expect(await change(deputy, id, { roleKey })).toBeProblem('member_not_manageable');
      expect((await me(superior)).permissions.leads).toEqual(leads);
      expect((await change(deputy, id, { name: 'Renamed', roleKey: 'extra' })).body.name).toBe('Renamed');
      expect((await change(owner, id, { roleKey })).status).toBe(200);
    });

    it('gets no role from the actor', async () => {
      const { owner, id, deputy, superior } = await setUp();
      await change(owner, id, { roleKey: null });
      expect(await change(deputy, id, { roleKey: 'successor' })).toBeProblem('member_not_manageable');
      expect((await me(superior)).permissions.leads?.view).not.toBe(true);
    });

    it('keeps the permissions of its role', async () => {
      const { owner, deputy, superior, path } = await setUp();
      const role = await path('extra');
      for (const permissions of [{}, { leads, roles: { view: true } }]) {
        expect(await deputy.client.patch(role, { permissions })).toBeProblem('member_not_manageable');
      }
      expect((await me(superior)).permissions.leads).toEqual(leads);
      expect((await deputy.client.patch(role, { name: 'Renamed', level: 45 })).status).toBe(200);
      expect((await owner.client.patch(role, { permissions: {} })).status).toBe(200);
    });

    it('keeps its role from being deleted by the actor', async () => {
      const { owner, deputy, superior, path } = await setUp();
      const [role, successor] = [await path('extra'), await tenants.roleId(owner, 'successor')];
      const query = `?moveMembersTo=${successor}`;
      expect(await deputy.client.delete(role + query)).toBeProblem('member_not_manageable');
      expect((await me(superior)).permissions.leads).toEqual(leads);
      expect((await owner.client.delete(role + query)).status).toBe(204);
    });

    it('can be changed by the actor once it has no members except the actor and those below', async () => {
      const { owner, id, deputy, superior, path } = await setUp();
      await g.memberIn(owner, id);
      for (const member of [superior, deputy]) {
        const departmentId = member === deputy ? id : null;
        await owner.client.patch(`/tenants/current/members/${member.user.id}`, { departmentId });
      }
      expect((await deputy.client.patch(await path('extra'), { permissions: { leads } })).status).toBe(200);
      expect((await change(deputy, id, { roleKey: 'successor' })).status).toBe(200);
    });
  });

  it('lets its members invite, as long as it has the role', async () => {
    const { owner, id } = await withRole('invitations.create');
    const member = await g.memberIn(owner, id);
    const [early, late] = [await g.invite(member), await g.invite(member)];
    await g.accept(early);
    await change(owner, id, { roleKey: null });
    await expect(g.accept(late)).rejects.toThrow('invitation_already_used');
  });
});
