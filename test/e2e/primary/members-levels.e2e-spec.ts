import { randomUUID } from 'node:crypto';
import type { Client, Reply } from '../../support/client.js';
import type { Account } from '../../support/given.js';
import { MEMBERS, type RoleAnswer, type Staff, Tenants, withoutInstance } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

type Act = (as: Client, id: string) => Promise<Reply>;

/** Every operation that acts on another member. */
const ACTS: Record<string, Act> = {
  'change of the role': (as, id) => as.patch(`${MEMBERS}/${id}`, { role: 'user' }),
  'change of the assigned agents': (as, id) => as.patch(`${MEMBERS}/${id}`, { assignedAgents: ['mine'] }),
  suspension: (as, id) => as.post(`${MEMBERS}/${id}/suspend`),
  restoration: (as, id) => as.post(`${MEMBERS}/${id}/restore`),
  'end of the sessions': (as, id) => as.delete(`${MEMBERS}/${id}/sessions`),
  removal: (as, id) => as.delete(`${MEMBERS}/${id}`),
  transfer: (as, memberId) => as.post('/tenants/current/transfer', { memberId }),
};
const EVERY_ACT = Object.entries(ACTS);

describe('the levels of members', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);

  /** A member of level 50 with every permission over members, but not at the top level. */
  const deputy = async (owner: Account) => {
    const rights = {
      members: { view: true, edit: true, delete: true },
      leads: { view: true, create: true, edit: true },
    };
    await tenants.role(owner, { key: 'deputy', level: 50, permissions: rights });
    return t.given.member(owner, 'deputy');
  };

  describe('forbid', () => {
    let staff: Staff & Record<'deputy' | 'viewer', Account>;
    let stranger: Account;
    let nowhere: Client;
    let before: unknown[];

    beforeAll(async () => {
      const { owner, ...others } = await tenants.staff();
      await tenants.role(owner, { key: 'viewer', level: 60, permissions: { members: { view: true } } });
      const viewer = await t.given.member(owner, 'viewer');
      staff = { owner, ...others, viewer, deputy: await deputy(owner) };
      stranger = await t.given.tenant();
      const outsider = await t.given.member(stranger);
      await t.database.query('DELETE FROM memberships WHERE user_id = $1', [outsider.user.id]);
      const { body } = await t.post('/auth/login', { email: outsider.email, password: outsider.password });
      nowhere = t.client(body.accessToken);
      before = await tenants.contents(owner);
    });

    afterEach(async () => {
      expect(await tenants.contents(staff.owner)).toEqual(before);
      for (const { client } of Object.values(staff)) expect((await client.get('/auth/me')).status).toBe(200);
    });

    it.each(EVERY_ACT)('the %s of a peer and of a superior', async (name, act) => {
      // A transfer is refused to every actor below the top level, for any target
      const refusal = name === 'transfer' ? 'role_level_exceeded' : 'member_not_manageable';
      for (const target of [staff.manager, staff.owner, staff.peer, staff.viewer]) {
        expect(await act(staff.deputy.client, target.user.id)).toBeProblem(refusal);
      }
    });

    it.each(EVERY_ACT)('the %s without the permission, whatever the level', async (_, act) => {
      for (const actor of [staff.viewer, staff.user]) {
        expect(await act(actor.client, staff.manager.user.id)).toBeProblem('permission_missing');
      }
    });

    it.each(EVERY_ACT)('the %s without a credential, and without a tenant', async (_, act) => {
      expect(await act(t.client(), staff.user.user.id)).toBeProblem('authentication_required');
      expect(await act(nowhere, staff.user.user.id)).toBeProblem('no_active_tenant');
    });

    it.each(EVERY_ACT)('to learn of a person elsewhere: %s', async (_, act) => {
      const unknown = withoutInstance(await act(stranger.client, randomUUID()));
      expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
      for (const { user } of Object.values(staff)) {
        expect(withoutInstance(await act(stranger.client, user.id))).toEqual(unknown);
        const reply = await stranger.client.get(`${MEMBERS}/${user.id}`);
        expect(withoutInstance(reply)).toEqual(unknown);
      }
    });
  });

  it.each(EVERY_ACT.filter(([name]) => name !== 'transfer'))(
    'allow the %s of a member below, and of one another at the top level',
    async (_, act) => {
      const { owner, peer, user } = await tenants.staff();
      const actor = await deputy(owner);
      expect((await act(actor.client, user.user.id)).status).toBeLessThan(300);
      expect((await act(owner.client, peer.user.id)).status).toBeLessThan(300);
    },
  );

  it('are those in this tenant, not elsewhere', async () => {
    const [owner, elsewhere] = [await t.given.tenant(), await t.given.verifiedTenant()];
    const { token } = await t.given.invitation(owner, { email: elsewhere.email });
    expect((await elsewhere.client.post('/auth/invite/accept', { token })).status).toBe(201);
    const path = `${MEMBERS}/${elsewhere.user.id}`;
    expect((await owner.client.patch(path, { assignedAgents: ['here'] })).status).toBe(200);
    expect((await tenants.member(elsewhere.client, elsewhere.user.id)).assignedAgents).toEqual([]);
    expect((await owner.client.delete(path)).status).toBe(204);
    expect((await elsewhere.client.get('/auth/me')).body.role).toBe('admin');
  });

  describe('limit what can be granted', () => {
    const giveRole = (as: Account, id: string, role: string) => as.client.patch(`${MEMBERS}/${id}`, { role });

    it('to no role above the actor’s, for others and for the actor', async () => {
      const { owner, user } = await tenants.staff();
      const actor = await deputy(owner);
      await tenants.role(owner, { key: 'above', level: 51 });
      for (const role of ['above', 'admin']) {
        for (const { id } of [user.user, actor.user]) {
          expect(await giveRole(actor, id, role)).toBeProblem('role_level_exceeded');
        }
      }
      expect((await tenants.member(owner.client, user.user.id)).role).toBe('user');
    });

    it('to no permission that the actor lacks, even in a role below', async () => {
      const { owner, user } = await tenants.staff();
      const actor = await deputy(owner);
      const permissions = { leads: { view: true, delete: true } };
      await tenants.role(owner, { key: 'cleaner', level: 5, permissions });
      for (const { id } of [user.user, actor.user]) {
        expect(await giveRole(actor, id, 'cleaner')).toBeProblem('role_level_exceeded');
      }
    });

    it('to the actor’s level, and for the actor to a lower role', async () => {
      const { owner, user } = await tenants.staff();
      const actor = await deputy(owner);
      await tenants.role(owner, { key: 'low', level: 1, permissions: { leads: { view: true } } });
      expect((await giveRole(actor, user.user.id, 'deputy')).status).toBe(200);
      expect((await giveRole(actor, actor.user.id, 'low')).status).toBe(200);
      expect(await giveRole(actor, actor.user.id, 'deputy')).toBeProblem('permission_missing');
    });

    it('by what the actor holds at this moment', async () => {
      const { owner, user } = await tenants.staff();
      const actor = await deputy(owner);
      const { id } =
        (await owner.client.get<{ data: RoleAnswer[] }>('/tenants/current/roles')).body.data.at(-1) ?? {};
      await owner.client.patch(`/tenants/current/roles/${id}`, { level: 10 });
      expect(await giveRole(actor, user.user.id, 'deputy')).toBeProblem('member_not_manageable');
    });
  });

  describe('allow the actor on their own membership', () => {
    it('what takes no rights', async () => {
      const { owner } = await tenants.staff();
      const actor = await deputy(owner);
      const own = `${MEMBERS}/${actor.user.id}`;
      const team = await tenants.team(owner);
      expect((await actor.client.patch(own, { teamIds: [team] })).status).toBe(200);
      expect((await actor.client.delete(own)).status).toBe(204);
      expect(await actor.client.get('/auth/me')).toBeProblem('access_token_invalid');
    });

    it('no suspension, restoration or transfer', async () => {
      const owner = await t.given.tenant();
      for (const act of [ACTS.suspension, ACTS.restoration, ACTS.transfer]) {
        expect(await act?.(owner.client, owner.user.id)).toBeProblem('member_not_manageable');
      }
    });
  });
});
