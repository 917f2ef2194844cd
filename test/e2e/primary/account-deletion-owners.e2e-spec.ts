import { AccountDeletions } from '../../support/account-deletions.js';
import { burst } from '../../support/burst.js';
import { type Account, unique, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const ROUNDS = 50;

describe('deleting an account that owns tenants', () => {
  const t = useSharedApp();
  const deletions = new AccountDeletions(t);
  const statusOf = async ({ user }: Account) =>
    (await t.database.query<{ status: string }>('SELECT status FROM users WHERE id = $1', [user.id]))[0]
      ?.status;

  it('is refused to the last top-level member of a tenant with other members, and names the tenant', async () => {
    const owner = await t.given.tenant();
    await t.given.member(owner, 'manager');
    const reply = await deletions.leave(owner.client);
    expect(reply).toBeProblem('last_owner');
    expect(reply.body.detail).toContain(owner.tenant.slug);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect(await statusOf(owner)).toBe('active');
    expect(await t.inbox.messages(owner.email, 'account-restoration')).toEqual([]);
  });

  it('names each of several tenants, and none whose only member is the person', async () => {
    const owner = await t.given.verifiedTenant();
    await t.given.member(owner);
    const alone = await owner.client.post('/users/me/organisations', { name: `Company ${unique()}` });
    const other = await t.given.tenant();
    const { token } = await t.given.invitation(other, { role: 'admin', email: owner.email });
    await owner.client.post('/auth/invite/accept', { token });
    await t.database.query(
      `UPDATE memberships SET status = 'suspended' WHERE tenant_id = $1 AND user_id = $2`,
      [other.tenant.id, other.user.id],
    );

    const reply = await deletions.leave(owner.client);
    expect(reply).toBeProblem('last_owner');
    const named = [owner.tenant.slug, other.tenant.slug].map((slug) => reply.body.detail?.includes(slug));
    expect(named).toEqual([true, true]);
    expect(reply.body.detail).not.toContain((alone.body as unknown as { slug: string }).slug);
  });

  it('is allowed to a top-level member beside another one, and to a member below', async () => {
    const owner = await t.given.tenant();
    const second = await t.given.member(owner, 'admin');
    const member = await t.given.member(owner, 'user');
    await deletions.left(member.client);
    await deletions.left(second.client);
    expect(await deletions.leave(owner.client)).toBeProblem('last_owner');
  });

  it('is allowed to a top-level member whose only companion has deleted their account', async () => {
    const owner = await t.given.tenant();
    const closed = await t.given.member(owner);
    await t.database.query(`UPDATE users SET status = 'closed' WHERE id = $1`, [closed.user.id]);
    await deletions.left(owner.client);
  });

  it('refuses an invitation from a person who left', async () => {
    const owner = await t.given.tenant();
    const invited = await t.given.invitation(owner, { role: 'admin' });
    await deletions.left(owner.client);
    const body = { token: invited.token, password: 'Marble-Thicket-63-Cello', firstName: 'I', lastName: 'N' };
    expect(await t.post('/auth/invite/accept', body)).toBeProblem('invitation_already_used');

    await deletions.restore(await deletions.token(owner.email));
    expect((await t.post('/auth/invite/accept', body)).status).toBe(201);
  });

  it(`keeps one of two top-level members who leave at the same time, ${ROUNDS} times over`, async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await t.given.tenant();
      const second = await t.given.member(first, 'admin', uniqueEmail('second'));
      const replies = await Promise.all([first, second].map(({ client }) => deletions.leave(client)));
      expect(replies.find(({ status }) => status === 409)).toBeProblem('last_owner');
      outcomes.push(
        replies
          .map(({ status }) => status)
          .sort()
          .join(),
      );
    }
    expect(new Set(outcomes)).toEqual(new Set(['202,409']));
  });

  it('never deadlocks where two people lead the same two tenants', async () => {
    const [one, two] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
    for (const [host, guest] of [
      [one, two],
      [two, one],
    ] as const) {
      const { token } = await t.given.invitation(host, { role: 'admin', email: guest.email });
      expect((await guest.client.post('/auth/invite/accept', { token })).status).toBe(201);
    }
    const [a, b] = [await t.given.login(one), await t.given.login(two)];
    const replies = await burst(20, (index) => deletions.leave((index % 2 ? a : b).client));
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => ![202, 401, 409].includes(status))).toEqual([]);
  });
});
