import { randomUUID } from 'node:crypto';
import type { Account } from '../../support/given.js';
import { unique, uniqueEmail } from '../../support/given.js';
import { uniquePhone } from '../../support/phone.js';
import { type MemberAnswer, MEMBERS, type PageAnswer, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the members of an organisation', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const list = async (as: Account, query = '') =>
    (await as.client.get<PageAnswer<MemberAnswer>>(`${MEMBERS}${query}`)).body;
  const ids = async (as: Account, query: Record<string, string> = {}) =>
    (await list(as, `?${new URLSearchParams(query).toString()}`)).data.map(({ id }) => id);
  const change = (as: Account, id: string, body: object) =>
    as.client.patch<MemberAnswer>(`${MEMBERS}/${id}`, body);
  const name = (of: Account, first: string, last: string) =>
    t.database.query('UPDATE users SET first_name = $2, last_name = $3 WHERE id = $1', [
      of.user.id,
      first,
      last,
    ]);

  describe('as a list', () => {
    it('contains what each is in it, in the order of joining, for callers who may see members', async () => {
      const owner = await t.given.tenant();
      const user = await t.given.member(owner, 'user');
      const page = await list(user);
      expect(page.nextCursor).toBeNull();
      expect(page.data.map(({ id }) => id)).toEqual([owner.user.id, user.user.id]);
      expect(page.data[1]).toEqual({
        id: user.user.id,
        email: user.email,
        phone: null,
        firstName: 'Mia',
        lastName: 'Member',
        avatar: null,
        role: 'user',
        roleLevel: 10,
        departmentId: null,
        teamIds: [],
        assignedAgents: [],
        locale: null,
        timeZone: null,
        metadata: { public: {} },
        status: 'active',
        joinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      });
    });

    it('comes in pages that contain everybody once, and nobody of another organisation', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const joined: Account[] = [];
      for (let count = 0; count < 4; count += 1) {
        joined.push(await t.given.member(owner));
        await t.given.member(stranger);
      }
      const seen: string[] = [];
      let query = '?limit=2';
      for (let pages = 0; pages < 3; pages += 1) {
        const page = await list(owner, query);
        seen.push(...page.data.map(({ id }) => id));
        query = `?limit=2&cursor=${page.nextCursor}`;
        expect(page.nextCursor === null).toBe(pages === 2);
      }
      expect(seen).toEqual([owner, ...joined].map(({ user }) => user.id));
    });

    it('is searched by a part of the name, e-mail address or phone number, in any case', async () => {
      const owner = await t.given.tenant();
      const found = await t.given.member(owner, 'user', `marvellous-${unique()}@example.com`);
      await name(found, 'Zora', 'Quist');
      const phone = uniquePhone();
      await t.database.query('UPDATE users SET phone = $2 WHERE id = $1', [found.user.id, phone]);
      for (const search of ['zora', 'RA QUI', 'Marvellous', phone.slice(2, 12)]) {
        expect([search, await ids(owner, { search })]).toEqual([search, [found.user.id]]);
      }
      expect(await ids(owner, { search: 'nobody at all' })).toEqual([]);
    });

    it('is searched for wildcards literally', async () => {
      const owner = await t.given.tenant();
      const percent = await t.given.member(owner);
      const backslash = await t.given.member(owner);
      await name(percent, 'Hundred%', 'A_B');
      await name(backslash, 'Back\\slash', 'Plain');
      expect(await ids(owner, { search: '%' })).toEqual([percent.user.id]);
      expect(await ids(owner, { search: 'a_b' })).toEqual([percent.user.id]);
      expect(await ids(owner, { search: 'd%A' })).toEqual([]);
      expect(await ids(owner, { search: '\\' })).toEqual([backslash.user.id]);
      expect(await ids(owner, { search: `' OR true --` })).toEqual([]);
    });

    it('is filtered by role, department and status, alone and together', async () => {
      const { owner, peer, manager, user } = await tenants.staff();
      const departmentId = await tenants.department(owner);
      await change(owner, user.user.id, { departmentId });
      await owner.client.post(`${MEMBERS}/${manager.user.id}/suspend`);
      expect(await ids(owner, { role: 'admin' })).toEqual([owner.user.id, peer.user.id]);
      expect(await ids(owner, { departmentId })).toEqual([user.user.id]);
      expect(await ids(owner, { status: 'suspended' })).toEqual([manager.user.id]);
      expect(await ids(owner, { role: 'manager', status: 'active' })).toEqual([]);
      expect(await ids(owner, { search: 'Mia', departmentId, role: 'user' })).toEqual([user.user.id]);
      expect(await ids(owner, { departmentId: randomUUID() })).toEqual([]);
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=ten',
      'limit=1.5',
      'limit=1&limit=2',
      'cursor=x',
      'cursor=%00',
      `cursor=${'A'.repeat(21)}B`,
      'status=gone',
      'departmentId=1',
      'search=',
      'search=a&search=b',
      'tenantId=0192f3a0-0000-7000-8000-000000000000',
    ])('refuses ?%s', async (query) => {
      const { client } = await t.given.tenant();
      const reply = await client.get(`${MEMBERS}?${query}`);
      expect([reply.status, reply.body.code]).toEqual([
        400,
        expect.stringMatching(/^(validation_failed|malformed_request)$/),
      ]);
    });

    it('has the same fields as a member read alone', async () => {
      const { owner, manager } = await tenants.staff();
      const [, , third] = (await list(owner)).data;
      const alone = await tenants.member(owner.client, third?.id ?? '');
      expect(alone).toEqual(third);
      expect((await list(owner, `?search=${manager.email}`)).data).toEqual([
        await tenants.member(owner.client, manager.user.id),
      ]);
    });
  });

  describe('can be changed', () => {
    it('in role, department, teams and assigned agents, which is recorded in the audit trail', async () => {
      const owner = await t.given.tenant();
      const { user } = await t.given.member(owner);
      const departmentId = await tenants.department(owner);
      const teamIds = [await tenants.team(owner), await tenants.team(owner)].sort();
      const body = {
        role: 'manager',
        departmentId,
        teamIds,
        assignedAgents: ['agent-1', ' agent-2 ', 'agent-1'],
      };
      const { status, body: member } = await change(owner, user.id, body);
      expect(status).toBe(200);
      const changed = {
        role: 'manager',
        roleLevel: 50,
        departmentId,
        teamIds,
        assignedAgents: ['agent-1', 'agent-2'],
      };
      expect(member).toMatchObject(changed);
      expect(await tenants.member(owner.client, user.id)).toEqual(member);
      expect(await tenants.trail(owner, 'member.updated')).toEqual([
        {
          actor_id: owner.user.id,
          target_kind: 'user',
          target_id: user.id,
          detail: {
            fields: expect.arrayContaining(Object.keys(body)) as string[],
            role: { from: 'user', to: 'manager' },
            departmentId: { from: null, to: departmentId },
            teamIds: { added: teamIds, removed: [] },
          },
        },
      ]);
    });

    it('one field at a time: what is left out stays', async () => {
      const owner = await t.given.tenant();
      const { user } = await t.given.member(owner);
      const departmentId = await tenants.department(owner);
      const [first, second] = [await tenants.team(owner), await tenants.team(owner)];
      await change(owner, user.id, { departmentId, teamIds: [first], assignedAgents: ['a'] });
      expect((await change(owner, user.id, {})).body).toMatchObject({ departmentId, teamIds: [first] });
      expect((await change(owner, user.id, { teamIds: [second] })).body).toMatchObject({
        departmentId,
        teamIds: [second],
        assignedAgents: ['a'],
      });
      expect((await change(owner, user.id, { departmentId: null })).body).toMatchObject({
        departmentId: null,
        teamIds: [second],
      });
      const emptied = await change(owner, user.id, { teamIds: [], assignedAgents: [] });
      expect(emptied.body).toMatchObject({ teamIds: [], assignedAgents: [], role: 'user' });
    });

    it('and the change applies to the next request of tokens already issued', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const invite = () => manager.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
      expect((await invite()).status).toBe(201);
      await change(owner, manager.user.id, { role: 'user' });
      expect(await invite()).toBeProblem('permission_missing');
      expect((await manager.client.get('/auth/me')).body).toMatchObject({ role: 'user', roleLevel: 10 });
      await change(owner, manager.user.id, { role: 'manager' });
      expect((await invite()).status).toBe(201);
    });

    it.each([
      [{ role: 1 }],
      [{ role: null }],
      [{ departmentId: 'x' }],
      [{ teamIds: null }],
      [{ teamIds: ['x'] }],
      [{ assignedAgents: [''] }],
      [{ assignedAgents: ['x'.repeat(65)] }],
      [{ assignedAgents: [1] }],
      [{ assignedAgents: 'a' }],
      [{ status: 'suspended' }],
      [{ email: 'x@example.com' }],
      [{ roleLevel: 100 }],
    ])('but not by %j', async (body) => {
      const owner = await t.given.tenant();
      expect(await change(owner, owner.user.id, body)).toBeProblem('validation_failed');
    });

    it('but not to more teams and agents than a member can have', async () => {
      const owner = await t.given.tenant();
      const assignedAgents = Array.from({ length: 101 }, (_, index) => `agent-${index}`);
      expect(await change(owner, owner.user.id, { assignedAgents })).toBeProblem('validation_failed');
      const { status } = await change(owner, owner.user.id, { assignedAgents: assignedAgents.slice(1) });
      expect(status).toBe(200);
      const teamIds = Array.from({ length: 501 }, () => randomUUID());
      expect(await change(owner, owner.user.id, { teamIds })).toBeProblem('validation_failed');
    });

    it('but not to a role, department or team of another organisation', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const { user } = await t.given.member(owner);
      await tenants.role(stranger, { key: 'theirs' });
      const [department, team] = [await tenants.department(stranger), await tenants.team(stranger)];
      const before = await tenants.contents(owner);
      for (const [body, code] of [
        [{ role: 'theirs' }, 'role_not_found'],
        [{ role: 'nothing' }, 'role_not_found'],
        [{ departmentId: department }, 'department_not_found'],
        [{ departmentId: randomUUID() }, 'department_not_found'],
        [{ assignedAgents: ['kept out'], teamIds: [team] }, 'team_not_found'],
        [{ teamIds: [randomUUID()] }, 'team_not_found'],
      ] as const) {
        expect(await change(owner, user.id, body)).toBeProblem(code);
      }
      expect(await tenants.contents(owner)).toEqual(before);
    });
  });
});
