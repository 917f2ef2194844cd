import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import { type Account, unique } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { untilWaitedFor } from '../../support/locks.js';
import { useSharedApp } from '../../support/test-app.js';

describe('departments', () => {
  const t = useSharedApp();
  const g = new Groups(t);
  const create = (by: Account, body: object) => by.client.post('/tenants/current/departments', body);
  const change = (by: Account, id: string, body: object) =>
    by.client.patch(`/tenants/current/departments/${id}`, body);
  const read = (by: Account, id: string) => by.client.get(`/tenants/current/departments/${id}`);
  const remove = (by: Account, id: string, query = '') =>
    by.client.delete(`/tenants/current/departments/${id}${query}`);

  describe('POST', () => {
    it('creates one at the top, and one within it', async () => {
      const owner = await t.given.tenant();
      const top = await create(owner, { name: '  Sales ' });
      expect(top.status).toBe(201);
      expect(top.body).toHaveShape({
        id: '550e8400-e29b-41d4-a716-446655440000',
        createdAt: '2026-01-15T09:30:00.000Z',
      });
      expect(top.body).toMatchObject({ name: 'Sales', parentId: null, roleKey: null });
      const within = await create(owner, { name: 'Europe', parentId: top.body.id, roleKey: null });
      expect(within.body).toMatchObject({ name: 'Europe', parentId: top.body.id });
      expect((await read(owner, within.body.id)).body).toEqual(within.body);
    });

    it.each([
      [{}],
      [{ name: '' }],
      [{ name: null }],
      [{ name: 'x'.repeat(101) }],
      [{ name: 'https://evil.example' }],
      [{ name: 'a\u200bb' }],
      [{ name: 'A', parentId: 'x' }],
      [{ name: 'A', roleKey: 1 }],
      [{ name: 'A', tenantId: randomUUID() }],
      [{ name: 'A', permissions: {} }],
      [{ name: 'A', roleId: randomUUID() }],
    ])('refuses %j', async (body) => {
      expect(await create(await t.given.tenant(), body)).toBeProblem('validation_failed');
    });

    it('requires a name that no sibling has, whatever its case; elsewhere it may be the same', async () => {
      const owner = await t.given.tenant();
      const { id } = await g.department(owner, 'Sales');
      expect(await create(owner, { name: 'SALES' })).toBeProblem('department_name_taken');
      expect((await create(owner, { name: 'Sales', parentId: id })).status).toBe(201);
      expect((await create(await t.given.tenant(), { name: 'Sales' })).status).toBe(201);
    });

    it('creates one of twenty with the same name in parallel requests', async () => {
      const owner = await t.given.tenant();
      const replies = await burst(20, () => create(owner, { name: 'Sales' }));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 409: 19 });
    });

    it('allows ten levels', async () => {
      const owner = await t.given.tenant();
      const chain = await g.chain(owner, 10);
      const eleventh = await create(owner, { name: 'Too deep', parentId: chain.at(-1) });
      expect(eleventh).toBeProblem('department_too_deep');
    });

    it('answers for a parent of another tenant as for a random id', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const { id } = await g.department(stranger);
      const theirs = await create(owner, { name: 'A', parentId: id });
      const random = await create(owner, { name: 'A', parentId: randomUUID() });
      expect(theirs).toBeProblem('department_not_found');
      expect({ ...theirs.body, instance: '' }).toEqual({ ...random.body, instance: '' });
      expect(theirs.body.errors?.[0]?.pointer).toBe('#/parentId');
    });
  });

  describe('GET', () => {
    it('lists the tree page by page, in the order of creation', async () => {
      const owner = await t.given.tenant();
      const ids = await g.chain(owner, 5);
      const seen: string[] = [];
      let path: string | null = '/tenants/current/departments?limit=2';
      while (path) {
        const { status, body }: Awaited<ReturnType<typeof read>> = await owner.client.get(path);
        expect([status, body.data.length]).toEqual([200, seen.length === 4 ? 1 : 2]);
        seen.push(...body.data.map(({ id }) => id));
        path = body.nextCursor && `/tenants/current/departments?limit=2&cursor=${body.nextCursor}`;
      }
      expect(seen).toEqual(ids);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1e1', 'limit=', 'cursor=x', 'cursor=', 'page=2'])(
      'refuses %s',
      async (query) => {
        const { client } = await t.given.tenant();
        expect(await client.get(`/tenants/current/departments?${query}`)).toBeProblem('validation_failed');
      },
    );

    it('lists nothing of another tenant, whatever the cursor', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      await g.chain(stranger, 3);
      const { nextCursor } = (await stranger.client.get('/tenants/current/departments?limit=1')).body;
      const { body } = await owner.client.get(`/tenants/current/departments?cursor=${nextCursor}`);
      expect(body).toEqual({ data: [], nextCursor: null });
    });
  });

  describe('PATCH', () => {
    it('renames, moves, and moves back to the top', async () => {
      const owner = await t.given.tenant();
      const [a, b] = [await g.department(owner), await g.department(owner)];
      expect((await change(owner, a.id, { name: 'North' })).body).toMatchObject({ name: 'North' });
      const moved = await change(owner, a.id, { parentId: b.id });
      expect(moved.body).toMatchObject({ name: 'North', parentId: b.id });
      expect((await change(owner, a.id, {})).body).toEqual(moved.body);
      expect((await change(owner, a.id, { parentId: null })).body.parentId).toBeNull();
    });

    it('keeps names unique at the destination', async () => {
      const owner = await t.given.tenant();
      const [a, b] = [await g.department(owner, 'North'), await g.department(owner, 'South')];
      const within = (await create(owner, { name: 'North', parentId: b.id })).body;
      expect(await change(owner, b.id, { name: 'north' })).toBeProblem('department_name_taken');
      expect(await change(owner, within.id, { parentId: null })).toBeProblem('department_name_taken');
      expect((await change(owner, a.id, { name: 'NORTH' })).body.name).toBe('NORTH');
    });

    it('does not move one into itself, nor into one that lies in it', async () => {
      const owner = await t.given.tenant();
      const [top = '', middle = '', low = ''] = await g.chain(owner, 3);
      for (const parentId of [top, middle, low]) {
        expect(await change(owner, top, { parentId })).toBeProblem('department_cycle');
      }
      expect((await read(owner, top)).body.parentId).toBeNull();
    });

    it('counts the levels of what is moved along: no more than ten', async () => {
      const owner = await t.given.tenant();
      const long = await g.chain(owner, 7);
      const [short = ''] = await g.chain(owner, 4);
      expect(await change(owner, short, { parentId: long[6] })).toBeProblem('department_too_deep');
      expect((await change(owner, short, { parentId: long[5] })).status).toBe(200);
    });

    it('creates no cycle of two that are moved into each other at once, in fifty rounds', async () => {
      const owner = await t.given.tenant();
      const second = await t.given.login(owner);
      for (let round = 0; round < 50; round += 1) {
        const [a, b] = [await g.department(owner), await g.department(owner)];
        const replies = await Promise.all([
          change(owner, a.id, { parentId: b.id }),
          change(second, b.id, { parentId: a.id }),
        ]);
        expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 1, 409: 1 });
        expect(replies.find(({ status }) => status === 409)).toBeProblem('department_cycle');
      }
    });

    it.each([
      [{ name: null }],
      [{ name: '' }],
      [{ parentId: 'x' }],
      [{ roleKey: '' }],
      [{ id: randomUUID() }],
    ])('refuses %j', async (body) => {
      const owner = await t.given.tenant();
      expect(await change(owner, (await g.department(owner)).id, body)).toBeProblem('validation_failed');
    });
  });

  describe('DELETE', () => {
    it('deletes an empty one', async () => {
      const owner = await t.given.tenant();
      const { id } = await g.department(owner);
      expect((await remove(owner, id)).status).toBe(204);
      expect(await read(owner, id)).toBeProblem('not_found');
      expect(await remove(owner, id)).toBeProblem('not_found');
    });

    it('is refused while departments lie within it, wherever the members would be moved', async () => {
      const owner = await t.given.tenant();
      const [top = ''] = await g.chain(owner, 2);
      const other = await g.department(owner);
      expect(await remove(owner, top)).toBeProblem('department_in_use');
      expect(await remove(owner, top, `?moveMembersTo=${other.id}`)).toBeProblem('department_in_use');
    });

    it('is refused while members are in it, unless it says where they are moved', async () => {
      const owner = await t.given.tenant();
      const [old, next] = [await g.department(owner), await g.department(owner)];
      const member = await g.memberIn(owner, old.id);
      expect(await remove(owner, old.id)).toBeProblem('department_in_use');
      expect((await remove(owner, old.id, `?moveMembersTo=${next.id}`)).status).toBe(204);
      expect((await member.client.get('/auth/me')).body.departmentId).toBe(next.id);
    });

    it('is refused while an invitation into it is open, unless it says where it is moved', async () => {
      const owner = await t.given.tenant();
      const [old, next] = [await g.department(owner), await g.department(owner)];
      const token = await g.invite(owner, { departmentId: old.id });
      expect(await remove(owner, old.id)).toBeProblem('department_in_use');
      expect((await remove(owner, old.id, `?moveMembersTo=${next.id}`)).status).toBe(204);
      const member = await g.accept(token);
      expect((await member.client.get('/auth/me')).body.departmentId).toBe(next.id);
    });

    it('clears the department of invitations that are over', async () => {
      const owner = await t.given.tenant();
      const { id } = await g.department(owner);
      const member = await g.memberIn(owner, id);
      await owner.client.post('/auth/invite', {
        email: `${unique()}@example.com`,
        role: 'user',
        departmentId: id,
      });
      await t.database.query(
        'UPDATE invitations SET revoked_at = now() WHERE tenant_id = $1 AND accepted_at IS NULL',
        [owner.tenant.id],
      );
      await t.database.query('UPDATE memberships SET department_id = NULL WHERE user_id = $1', [
        member.user.id,
      ]);
      expect((await remove(owner, id)).status).toBe(204);
    });

    it.each(['itself', 'one of another tenant', 'a random one'])('moves nobody into %s', async (target) => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const { id } = await g.department(owner);
      await g.memberIn(owner, id);
      const targets: Record<string, string> = {
        itself: id,
        'one of another tenant': (await g.department(stranger)).id,
        'a random one': randomUUID(),
      };
      const reply = await remove(owner, id, `?moveMembersTo=${targets[target]}`);
      expect(reply).toBeProblem('department_not_found');
      expect(reply.body.errors?.[0]?.pointer).toBe('#/moveMembersTo');
      expect((await read(owner, id)).status).toBe(200);
    });

    it('and an invitation into it at once: the invitation moves, or is refused', async () => {
      const owner = await t.given.tenant();
      const { id } = await g.department(owner);
      await t.database.query('BEGIN');
      await t.database.query('DELETE FROM departments WHERE id = $1', [id]);
      const body = { email: `${unique()}@example.com`, role: 'user', departmentId: id };
      const inviting = owner.client.post('/auth/invite', body);
      await untilWaitedFor(t.database);
      await t.database.query('COMMIT');
      expect(await inviting).toBeProblem('department_not_found');
    });

    it('and a person who joins it at once: they are in a department that exists, or it stays', async () => {
      const owner = await t.given.tenant();
      const next = await g.department(owner);
      for (let round = 0; round < 10; round += 1) {
        const { id } = await g.department(owner);
        const token = await g.invite(owner, { departmentId: id });
        const query = round % 2 ? `?moveMembersTo=${next.id}` : '';
        const [removed, member] = await Promise.all([remove(owner, id, query), g.accept(token)]);
        expect([204, 409]).toContain(removed.status);
        const { departmentId } = (await member.client.get('/auth/me')).body;
        expect(departmentId).toBe(removed.status === 204 ? next.id : id);
      }
    });
  });

  it('list the members directly in them, page by page', async () => {
    const owner = await t.given.tenant();
    const { id } = await g.department(owner);
    const within = (await create(owner, { name: 'Within', parentId: id })).body;
    const members = [await g.memberIn(owner, id), await g.memberIn(owner, id)];
    await g.memberIn(owner, within.id);
    const path = `/tenants/current/departments/${id}/members?limit=1`;
    const first = (await owner.client.get(path)).body;
    expect(first.data).toHaveLength(1);
    const second = (await owner.client.get(`${path}&cursor=${first.nextCursor}`)).body;
    expect(second.nextCursor).toBeNull();
    const listed = [...first.data, ...second.data];
    expect(listed).toMatchObject(
      members.map(({ user, email }) => ({ id: user.id, email, role: 'user', status: 'active' })),
    );
  });

  it('of another tenant get the response of random ids, for every operation', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const { id } = await g.department(stranger, 'Theirs');
    const acts = [
      (one: string) => read(owner, one),
      (one: string) => change(owner, one, { name: 'Mine' }),
      (one: string) => remove(owner, one),
      (one: string) => owner.client.get(`/tenants/current/departments/${one}/members`),
    ];
    for (const act of acts) {
      const [theirs, random] = [await act(id), await act(randomUUID())];
      expect(theirs).toBeProblem('not_found');
      expect({ ...theirs.body, instance: '' }).toEqual({ ...random.body, instance: '' });
      expect(await act('x')).toBeProblem('validation_failed');
    }
    expect((await read(stranger, id)).body.name).toBe('Theirs');
  });

  it('are recorded in the audit trail', async () => {
    const owner = await t.given.tenant();
    const { id } = await g.department(owner);
    await change(owner, id, { name: 'Renamed' });
    await remove(owner, id);
    const events = await t.database.query<{ action: string }>(
      'SELECT action FROM audit_events WHERE tenant_id = $1 AND target_id = $2 ORDER BY id',
      [owner.tenant.id, id],
    );
    expect(events.map(({ action }) => action)).toEqual([
      'department.created',
      'department.updated',
      'department.deleted',
    ]);
  });
});
