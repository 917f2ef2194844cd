import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import { type Account } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { untilWaitedFor } from '../../support/locks.js';
import { useSharedApp } from '../../support/test-app.js';

describe('teams', () => {
  const t = useSharedApp();
  const g = new Groups(t);
  const TEAMS = '/tenants/current/teams';
  const create = (by: Account, body: object) => by.client.post(TEAMS, body);
  const rename = (by: Account, id: string, name: unknown) => by.client.patch(`${TEAMS}/${id}`, { name });
  const put = (by: Account, id: string, memberId: string) =>
    by.client.put(`${TEAMS}/${id}/members/${memberId}`);
  const take = (by: Account, id: string, memberId: string) =>
    by.client.delete(`${TEAMS}/${id}/members/${memberId}`);
  const teamsOf = async (of: Account) => (await of.client.get('/auth/me')).body.teamIds;

  it('are created, read, renamed and deleted', async () => {
    const owner = await t.given.tenant();
    const { status, body } = await create(owner, { name: ' Field ' });
    expect([status, body.name]).toEqual([201, 'Field']);
    expect((await owner.client.get(`${TEAMS}/${body.id}`)).body).toEqual(body);
    expect((await rename(owner, body.id, 'Trade')).body).toEqual({ ...body, name: 'Trade' });
    expect((await owner.client.delete(`${TEAMS}/${body.id}`)).status).toBe(204);
    expect(await owner.client.get(`${TEAMS}/${body.id}`)).toBeProblem('not_found');
    expect(await owner.client.delete(`${TEAMS}/${body.id}`)).toBeProblem('not_found');
  });

  it.each([
    [{}],
    [{ name: '' }],
    [{ name: null }],
    [{ name: 'www.evil.example' }],
    [{ name: 'A', id: randomUUID() }],
    [{ name: 'A', memberIds: [] }],
  ])('refuse %j', async (body) => {
    const owner = await t.given.tenant();
    expect(await create(owner, body)).toBeProblem('validation_failed');
    const { id } = await g.team(owner);
    expect(await owner.client.patch(`${TEAMS}/${id}`, body)).toBeProblem('validation_failed');
  });

  it('require a name that no other has, whatever its case', async () => {
    const owner = await t.given.tenant();
    const [field, trade] = [await g.team(owner, 'Field'), await g.team(owner, 'Trade')];
    expect(await create(owner, { name: 'FIELD' })).toBeProblem('team_name_taken');
    expect(await rename(owner, trade.id, 'field')).toBeProblem('team_name_taken');
    expect((await rename(owner, field.id, 'FIELD')).status).toBe(200);
    expect((await create(await t.given.tenant(), { name: 'Field' })).status).toBe(201);
  });

  it('are one of twenty that are created, and one of twenty that take a name, in parallel requests', async () => {
    const owner = await t.given.tenant();
    const made = await burst(20, () => create(owner, { name: 'Field' }));
    expect(countBy(made, ({ status }) => status)).toEqual({ 201: 1, 409: 19 });
    const teams = await burst(20, () => g.team(owner));
    const renamed = await burst(20, (index) => rename(owner, teams[index]?.id ?? '', 'Trade'));
    expect(countBy(renamed, ({ status }) => status)).toEqual({ 200: 1, 409: 19 });
  });

  it('are listed page by page', async () => {
    const owner = await t.given.tenant();
    const ids = [(await g.team(owner)).id, (await g.team(owner)).id, (await g.team(owner)).id];
    const first = (await owner.client.get(`${TEAMS}?limit=2`)).body;
    const second = (await owner.client.get(`${TEAMS}?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
  });

  describe('members', () => {
    it('are added and removed, as often as requested', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner);
      const [{ id }, memberId] = [await g.team(owner), member.user.id];
      for (let time = 0; time < 2; time += 1) expect((await put(owner, id, memberId)).status).toBe(204);
      expect(await teamsOf(member)).toEqual([id]);
      const { data } = (await owner.client.get(`${TEAMS}/${id}/members`)).body;
      expect(data).toMatchObject([{ id: member.user.id, email: member.email, role: 'user' }]);
      for (let time = 0; time < 2; time += 1) expect((await take(owner, id, memberId)).status).toBe(204);
      expect(await teamsOf(member)).toEqual([]);
    });

    it('are added once in twenty parallel requests, with one audit event', async () => {
      const owner = await t.given.tenant();
      const [{ id }, memberId] = [await g.team(owner), (await t.given.member(owner)).user.id];
      const replies = await burst(20, () => put(owner, id, memberId));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 204: 20 });
      const events = await t.database.query(
        `SELECT detail FROM audit_events WHERE target_id = $1 AND action = 'team.updated'`,
        [id],
      );
      expect(events).toEqual([{ detail: { added: memberId } }]);
    });

    it('stay in the tenant when the team goes', async () => {
      const owner = await t.given.tenant();
      const member = await t.given.member(owner);
      const { id } = await g.team(owner);
      await put(owner, id, member.user.id);
      expect((await owner.client.delete(`${TEAMS}/${id}`)).status).toBe(204);
      expect(await teamsOf(member)).toEqual([]);
    });

    it('are placed by a member above them: no peer, no superior, but oneself', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const peer = await t.given.member(owner, 'manager');
      const { id } = await g.team(manager);
      for (const other of [peer, owner]) {
        const memberId = other.user.id;
        expect(await put(manager, id, memberId)).toBeProblem('member_not_manageable');
        expect((await put(owner, id, memberId)).status).toBe(204);
        expect(await take(manager, id, memberId)).toBeProblem('member_not_manageable');
      }
      expect((await put(manager, id, manager.user.id)).status).toBe(204);
    });

    it('at the top level may place each other', async () => {
      const owner = await t.given.tenant();
      const peer = await t.given.member(owner, 'admin');
      const { id } = await g.team(owner);
      expect((await put(peer, id, owner.user.id)).status).toBe(204);
    });

    it('are hidden without the permission to see members', async () => {
      const owner = await t.given.tenant();
      await g.role(owner, 'planner', 5, 'teams.view', 'departments.view');
      const planner = await t.given.member(owner, 'planner');
      const { id } = await g.team(owner);
      expect((await planner.client.get(`${TEAMS}/${id}`)).status).toBe(200);
      expect(await planner.client.get(`${TEAMS}/${id}/members`)).toBeProblem('permission_missing');
    });
  });

  it('that are deleted while a person joins them cause no error', async () => {
    const owner = await t.given.tenant();
    const { id } = await g.team(owner);
    const token = await g.invite(owner, { teamIds: [id] });
    await t.database.query('BEGIN');
    await t.database.query('DELETE FROM teams WHERE id = $1', [id]);
    const joining = g.accept(token);
    await untilWaitedFor(t.database);
    await t.database.query('COMMIT');
    expect(await teamsOf(await joining)).toEqual([]);
  });

  it('and members of another tenant get the response of random ids, for every operation', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const [own, theirs] = [await g.team(owner), await g.team(stranger, 'Theirs')];
    const [mine, other] = [owner.user.id, stranger.user.id];
    const acts: [string, (id: string) => ReturnType<typeof put>][] = [
      [theirs.id, (id) => owner.client.get(`${TEAMS}/${id}`)],
      [theirs.id, (id) => owner.client.get(`${TEAMS}/${id}/members`)],
      [theirs.id, (id) => rename(owner, id, 'Mine')],
      [theirs.id, (id) => owner.client.delete(`${TEAMS}/${id}`)],
      [theirs.id, (id) => put(owner, id, mine)],
      [theirs.id, (id) => take(owner, id, mine)],
      [other, (id) => put(owner, own.id, id)],
      [other, (id) => take(owner, own.id, id)],
    ];
    for (const [id, act] of acts) {
      const [foreign, random] = [await act(id), await act(randomUUID())];
      expect(foreign).toBeProblem('not_found');
      expect({ ...foreign.body, instance: '' }).toEqual({ ...random.body, instance: '' });
      expect(await act('x')).toBeProblem('validation_failed');
    }
    expect((await stranger.client.get(`${TEAMS}/${theirs.id}`)).body.name).toBe('Theirs');
  });

  it('are recorded in the audit trail', async () => {
    const owner = await t.given.tenant();
    const { id } = await g.team(owner);
    await rename(owner, id, 'Renamed');
    await owner.client.delete(`${TEAMS}/${id}`);
    const events = await t.database.query<{ action: string }>(
      'SELECT action FROM audit_events WHERE tenant_id = $1 AND target_id = $2 ORDER BY id',
      [owner.tenant.id, id],
    );
    expect(events.map(({ action }) => action)).toEqual(['team.created', 'team.updated', 'team.deleted']);
  });
});
