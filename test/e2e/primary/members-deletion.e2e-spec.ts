import { AccountDeletions } from '../../support/account-deletions.js';
import { type Account, PASSWORD } from '../../support/given.js';
import { type MemberAnswer, MEMBERS, type PageAnswer, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const ROUNDS = 10;

/**
 * A person who deleted their account may restore it for two weeks, with the membership as the tenant has changed it
 * meanwhile.
 */
describe('a member who has deleted their account', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const deletions = new AccountDeletions(t);
  const path = ({ user }: Account) => `${MEMBERS}/${user.id}`;
  const logIn = ({ email }: Account) => t.post('/auth/login', { email, password: PASSWORD });
  const comeBack = async ({ email }: Account) => {
    expect((await deletions.restore(await deletions.token(email))).status).toBe(200);
  };
  const leaver = async (role = 'manager') => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, role);
    await deletions.left(member.client);
    return { owner, member };
  };

  it('is in no list, and is returned by id with the role after a restoration', async () => {
    const { owner, member } = await leaver();
    const { body } = await owner.client.get<PageAnswer<MemberAnswer>>(MEMBERS);
    expect(body.data.map(({ id }) => id)).toEqual([owner.user.id]);
    const reply = await owner.client.get<MemberAnswer>(path(member));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ role: 'manager', status: 'active' });
  });

  it('is restored without the membership where they were removed from it', async () => {
    const { owner, member } = await leaver();
    expect((await owner.client.delete(path(member))).status).toBe(204);
    await comeBack(member);
    expect(await owner.client.get(path(member))).toBeProblem('not_found');
    const again = await logIn(member);
    expect(again.body.tenant ?? null).toBeNull();
    expect(await tenants.trail(owner, 'user.restored')).toEqual([]);
  });

  it('is restored with the role of that moment', async () => {
    const { owner, member } = await leaver('admin');
    const reply = await owner.client.patch<MemberAnswer>(path(member), { role: 'user' });
    expect(reply.body).toMatchObject({ role: 'user', status: 'active' });
    await comeBack(member);
    expect((await logIn(member)).body.user.role).toBe('user');
  });

  it('is restored as suspended, where they were suspended', async () => {
    const { owner, member } = await leaver();
    for (const what of ['suspend', 'restore', 'suspend', 'suspend']) {
      const reply = await owner.client.post<MemberAnswer>(`${path(member)}/${what}`);
      expect(reply.body.status).toBe(what === 'suspend' ? 'suspended' : 'active');
      expect(await logIn(member)).toBeProblem('invalid_credentials');
    }
    await comeBack(member);
    expect((await tenants.member(owner.client, member.user.id)).status).toBe('suspended');
    expect((await logIn(member)).body.tenant ?? null).toBeNull();
    expect(await tenants.trail(owner, 'member.suspended')).toHaveLength(2);
  });

  it('is out of reach of a member below, and of another tenant', async () => {
    const { owner, member } = await leaver('admin');
    const manager = await t.given.member(owner, 'manager');
    const stranger = await t.given.tenant();
    await t.database.query(
      `UPDATE roles SET permissions = jsonb_set(permissions, '{members,delete}', 'true')
       WHERE tenant_id = $1 AND key = 'manager'`,
      [owner.tenant.id],
    );
    expect(await manager.client.delete(path(member))).toBeProblem('member_not_manageable');
    expect(await stranger.client.delete(path(member))).toBeProblem('not_found');
    await comeBack(member);
    expect((await logIn(member)).body.user.role).toBe('admin');
  });

  it('receives no ownership, and does not count as a top-level member', async () => {
    const { owner, member } = await leaver('admin');
    const transfer = await owner.client.post('/tenants/current/transfer', {
      memberId: member.user.id,
      role: 'user',
    });
    expect(transfer).toBeProblem('not_found');
    expect(await owner.client.patch(path(owner), { role: 'user' })).toBeProblem('last_owner');
  });

  it(`is removed for good while they restore the account at that moment, ${ROUNDS} times over`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner, member } = await leaver();
      const token = await deletions.token(member.email);
      const [removed, restored] = await Promise.all([
        owner.client.delete(path(member)),
        deletions.restore(token),
        logIn(member),
      ]);
      expect([removed.status, restored.status]).toEqual([204, 200]);
      expect(await owner.client.get(path(member))).toBeProblem('not_found');
      expect((await logIn(member)).body.tenant ?? null).toBeNull();
    }
  });
});
