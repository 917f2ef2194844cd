import { countBy, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { RoleRemovalService } from '../groups/role-removal.service.js';
import { MemberAccessService } from './member-access.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { MembersService } from './members.service.js';
import { OrganisationDepartureService } from './organisation-departure.service.js';
import { OrganisationsService } from './organisations.service.js';
import { RolesService } from './roles.service.js';
import type { Policies } from './tenant-settings.repository.js';
import { TenantSettingsService } from './tenant-settings.service.js';

const core = useCore([AcceptanceModule, GroupsModule], {
  AUDIT_SIGN_INS_MIN_MONTHS: '6',
  AUDIT_SIGN_INS_MAX_MONTHS: '24',
  AUDIT_CHANGES_MIN_MONTHS: '24',
  AUDIT_CHANGES_MAX_MONTHS: '120',
});
const people = new People(core);

const setRole = (by: Person, of: Person, role: string) =>
  core.get(MemberChangesService).update(by.actor, of.id, { role });
const remove = (by: Person, of: Person) => core.get(MemberAccessService).remove(by.actor, of.id);
const suspend = (by: Person, of: Person) => core.get(MemberAccessService).suspend(by.actor, of.id);
const leave = (by: Person) => core.get(OrganisationDepartureService).leave(by.actor, by.tenant.id);
const roleOf = async (by: Person, of: Person) => (await core.get(MembersService).get(by.actor, of.id)).role;
const ownersOf = async ({ tenant }: Person) =>
  (
    await core.query<{ id: string }>(
      `SELECT m.user_id AS id FROM memberships m JOIN roles r ON r.id = m.role_id
       WHERE m.tenant_id = $1 AND m.status = 'active' AND r.level = 100`,
      [tenant.id],
    )
  ).map(({ id }) => id);

describe('a member may grant', () => {
  it('a role up to their own level, and none above it', async () => {
    const owner = await people.owner();
    const [manager, user] = [await people.member(owner, 'manager'), await people.member(owner)];
    expect(await endOf(setRole(manager, user, 'manager'))).toBe('ok');
    await setRole(owner, user, 'user');
    expect(await endOf(setRole(manager, user, 'admin'))).toBe('role_level_exceeded');
    expect(await roleOf(owner, user)).toBe('user');
    expect(await endOf(setRole(owner, user, 'admin'))).toBe('ok');
    expect(await endOf(setRole(owner, user, 'no-such-role'))).toBe('role_not_found');
  });

  it('nothing to a peer or a superior, nor to themselves a role above theirs', async () => {
    const owner = await people.owner();
    const [manager, peer] = [await people.member(owner, 'manager'), await people.member(owner, 'manager')];
    expect(await endOf(setRole(manager, peer, 'user'))).toBe('member_not_manageable');
    expect(await endOf(setRole(manager, owner, 'user'))).toBe('member_not_manageable');
    expect(await endOf(setRole(manager, manager, 'admin'))).toBe('role_level_exceeded');
    expect(await endOf(setRole(await people.member(owner), peer, 'user'))).toBe('permission_missing');
    expect([await roleOf(owner, manager), await roleOf(owner, peer)]).toEqual(['manager', 'manager']);
  });

  it.each([
    [
      'a permission that they lack',
      { level: 10, permissions: { settings: { edit: true } } },
      'role_level_exceeded',
    ],
    ['a level above theirs', { level: 51, permissions: { members: { view: true } } }, 'role_level_exceeded'],
    ['an unknown permission', { level: 10, permissions: { members: { fly: true } } }, 'validation_failed'],
    ['their own level and permissions', { level: 50, permissions: { members: { view: true } } }, 'ok'],
  ])('by a new role with %s: %j: %s', async (_, role, end) => {
    const owner = await people.owner();
    const roles = core.get(RolesService);
    const permissions = { roles: { create: true }, members: { view: true } };
    await roles.create(owner.actor, { key: 'deputy', name: 'Deputy', level: 50, permissions });
    const deputy = await people.member(owner, 'deputy');
    expect(await endOf(roles.create(deputy.actor, { key: 'new', name: 'New', ...role }))).toBe(end);
    const rows = await core.query(`SELECT level FROM roles WHERE tenant_id = $1 AND key = 'new'`, [
      owner.tenant.id,
    ]);
    expect(rows).toEqual(end === 'ok' ? [{ level: 50 }] : []);
  });

  it('nothing with a permission that was taken from them after they signed in', async () => {
    const owner = await people.owner();
    const [manager, user] = [await people.member(owner, 'manager'), await people.member(owner)];
    await setRole(owner, manager, 'user');
    expect(await endOf(setRole(manager, user, 'user'))).toBe('permission_missing');
    await remove(owner, manager);
    expect(await endOf(setRole(manager, user, 'user'))).toBe('access_token_invalid');
  });
});

describe('the last owner', () => {
  const ways: [string, (owner: Person) => Promise<unknown>][] = [
    ['leave', leave],
    ['remove themselves', (owner) => remove(owner, owner)],
    ['step down', (owner) => setRole(owner, owner, 'manager')],
  ];

  it.each(ways)('cannot %s, also beside a suspended one', async (_, act) => {
    const owner = await people.owner();
    await suspend(owner, await people.member(owner, 'admin'));
    await people.member(owner, 'manager');
    expect(await endOf(act(owner))).toBe('last_owner');
    expect(await ownersOf(owner)).toEqual([owner.id]);
    expect(await endOf(people.actor(owner.tokens.accessToken))).toBe('ok');
  });

  it.each(ways)('can %s once there is another', async (_, act) => {
    const owner = await people.owner();
    const peer = await people.member(owner, 'admin');
    expect(await endOf(act(owner))).toBe('ok');
    expect(await ownersOf(owner)).toEqual([peer.id]);
  });

  type Act = (by: Person, other: Person) => Promise<unknown>;
  it.each<[string, Act]>([
    ['leave', leave],
    ['remove each other', remove],
    ['suspend each other', suspend],
    ['demote each other', (by, other) => setRole(by, other, 'user')],
    ['step down', (by) => setRole(by, by, 'user')],
  ])('stays when the last two %s at once', async (_, act) => {
    for (let round = 0; round < 5; round += 1) {
      const one = await people.owner();
      const other = await people.member(one, 'admin');
      const ends = await Promise.all([endOf(act(one, other)), endOf(act(other, one))]);
      expect(countBy(ends, (end) => end).ok).toBe(1);
      expect(await ownersOf(one)).toHaveLength(1);
    }
  });
});

describe('rows of another tenant', () => {
  /** Everything that the tenant owns, as one text. */
  const contents = async ({ tenant }: Person) =>
    JSON.stringify([
      await core.query('SELECT * FROM tenants WHERE id = $1', [tenant.id]),
      await core.query('SELECT * FROM roles WHERE tenant_id = $1 ORDER BY id', [tenant.id]),
      await core.query('SELECT * FROM memberships WHERE tenant_id = $1 ORDER BY id', [tenant.id]),
      await core.query('SELECT * FROM sessions WHERE tenant_id = $1 ORDER BY id', [tenant.id]),
    ]);
  const roleIdOf = async ({ tenant }: Person) =>
    (
      await core.query<{ id: string }>(`SELECT id FROM roles WHERE tenant_id = $1 AND key = 'user'`, [
        tenant.id,
      ])
    )[0]?.id ?? '';

  it('are neither seen nor changed by their ids', async () => {
    const [ours, theirs] = [await people.owner(), await people.owner()];
    const victim = await people.member(theirs);
    const roleId = await roleIdOf(theirs);
    const before = await contents(theirs);
    const calls: Record<string, () => Promise<unknown>> = {
      'read a member': () => core.get(MembersService).get(ours.actor, victim.id),
      'change a member': () => setRole(ours, victim, 'admin'),
      'transfer to a member': () =>
        core.get(MemberChangesService).transfer(ours.actor, { memberId: victim.id }),
      'remove a member': () => remove(ours, victim),
      'suspend a member': () => suspend(ours, victim),
      'restore a member': () => core.get(MemberAccessService).restore(ours.actor, victim.id),
      'end their sessions': () => core.get(MemberAccessService).endSessions(ours.actor, victim.id),
      'read a role': () => core.get(RolesService).get(ours.actor, roleId),
      'change a role': () => core.get(RolesService).update(ours.actor, roleId, { name: 'Ours' }),
      'delete a role': () => core.get(RoleRemovalService).delete(ours.actor, roleId),
      'switch to it': () => core.get(OrganisationsService).switch(ours.actor, theirs.tenant.id),
      'leave it': () => core.get(OrganisationDepartureService).leave(ours.actor, theirs.tenant.id),
    };
    const ends = await Promise.all(
      Object.entries(calls).map(async ([name, call]) => [name, await endOf(call())] as const),
    );
    expect(ends).toEqual(Object.keys(calls).map((name) => [name, 'not_found']));
    expect(await contents(theirs)).toBe(before);
  });

  it('are in no list, and a change of settings leaves them', async () => {
    const [ours, theirs] = [await people.owner(), await people.owner()];
    const mine = await people.member(ours);
    await people.member(theirs);
    const before = await contents(theirs);
    const page = { limit: 100, after: null };
    const members = await core.get(MembersService).list(ours.actor, page);
    expect(members.data.map(({ id }) => id)).toEqual([ours.id, mine.id]);
    const roles = await core.get(RolesService).list(ours.actor, page);
    expect(roles.data.map(({ key, memberCount }) => [key, memberCount])).toEqual([
      ['admin', 1],
      ['manager', 0],
      ['user', 1],
    ]);
    await core.get(TenantSettingsService).update(ours.actor, { name: 'Renamed' });
    expect(await contents(theirs)).toBe(before);
  });

  it('of a person in both are those of the session', async () => {
    const [ours, theirs] = [await people.owner(), await people.owner()];
    await people.join(ours, theirs);
    const { actor } = await people.session(ours, { tenantSlug: theirs.tenant.slug });
    const { data } = await core.get(MembersService).list(actor, { limit: 100, after: null });
    expect(data.map(({ id, role }) => [id, role])).toEqual([
      [theirs.id, 'admin'],
      [ours.id, 'user'],
    ]);
    expect(await endOf(core.get(MemberAccessService).remove(actor, theirs.id))).toBe('permission_missing');
  });
});

describe('how long a tenant keeps its audit events', () => {
  const keep = async (owner: Person, policies: Partial<Policies>) =>
    (await core.get(TenantSettingsService).update(owner.actor, { policies })).policies;
  const detailsOf = async ({ tenant }: Person) =>
    (
      await core.query<{ detail: object }>(
        `SELECT detail FROM audit_events WHERE tenant_id = $1 AND action = 'tenant.updated' ORDER BY id`,
        [tenant.id],
      )
    ).map(({ detail }) => detail);

  it('is chosen within the bounds of the server, which belong to them, and is in the audit trail', async () => {
    const owner = await people.owner();
    const chosen = { auditSignInsMonths: 6, auditChangesMonths: 120 };
    expect(await keep(owner, chosen)).toMatchObject(chosen);
    expect(await keep(owner, { auditSignInsMonths: 24 })).toMatchObject({
      ...chosen,
      auditSignInsMonths: 24,
    });
    expect(await keep(owner, { auditChangesMonths: null })).toMatchObject({ auditChangesMonths: null });
    expect(await detailsOf(owner)).toMatchObject([
      {
        fields: ['policies.auditSignInsMonths', 'policies.auditChangesMonths'],
        policies: { auditSignInsMonths: { from: null, to: 6 }, auditChangesMonths: { from: null, to: 120 } },
      },
      { policies: { auditSignInsMonths: { from: 6, to: 24 } } },
      { policies: { auditChangesMonths: { from: 120, to: null } } },
    ]);
  });

  it.each([
    ['auditSignInsMonths', 5, 'min', 6],
    ['auditSignInsMonths', 25, 'max', 24],
    ['auditChangesMonths', 23, 'min', 24],
    ['auditChangesMonths', 121, 'max', 120],
  ] as const)('is refused beyond them: %s of %i', async (policy, months, code, bound) => {
    const owner = await people.owner();
    const refused = keep(owner, { requireTwoFactor: true, [policy]: months });
    await expect(refused).rejects.toMatchObject({
      code: 'validation_failed',
      options: {
        errors: [
          {
            pointer: `#/policies/${policy}`,
            code,
            detail: expect.stringContaining(`than ${bound},`) as string,
          },
        ],
      },
    });
    const { policies } = await core.get(TenantSettingsService).get(owner.actor);
    expect(policies).toMatchObject({ requireTwoFactor: false, [policy]: null });
    expect(await detailsOf(owner)).toEqual([]);
  });

  it('may be given back as it is when the bounds have become narrower', async () => {
    const owner = await people.owner();
    await core.query('UPDATE tenants SET audit_sign_ins_months = 3 WHERE id = $1', [owner.tenant.id]);
    const stored = { trustedDevices: true, auditSignInsMonths: 3 };
    expect(await keep(owner, stored)).toMatchObject(stored);
    expect(await endOf(keep(owner, { auditSignInsMonths: 4 }))).toBe('validation_failed');
  });
});
