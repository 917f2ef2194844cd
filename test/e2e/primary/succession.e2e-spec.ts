import { ApiKeys } from '../../support/api-keys.js';
import { type Account, NEW_PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { GRACE_SECONDS, Leavers } from '../../support/leaving.js';
import { untilWaitedFor } from '../../support/locks.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { MEMBERS, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const ROUNDS = 20;
const NAMES = { firstName: 'Vera', lastName: 'Victim' };

/** Somebody leads an organisation by an address that another person proves to be theirs, and has no account any more. */
describe('an organisation whose last leader is closed', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const leavers = new Leavers(t);
  const phones = new Phones(t);

  /** Proven by the link of another organisation's invitation, which `accept` opens. */
  const contested = async ({ email }: Account) => {
    const { token } = await t.given.invitation(await t.given.tenant(), { email });
    return { accept: () => t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES }) };
  };
  const prove = async (of: Account) => {
    const reply = await (await contested(of)).accept();
    expect(reply.status).toBe(201);
    return reply.body;
  };
  const leadersOf = async ({ tenant }: Account) =>
    (
      await t.database.query<{ id: string }>(
        `SELECT u.id FROM memberships m JOIN users u ON u.id = m.user_id AND u.status = 'active'
         JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
         WHERE m.tenant_id = $1 AND m.status = 'active' AND r.level = 100 ORDER BY m.id`,
        [tenant.id],
      )
    ).map(({ id }) => id);
  /** How long after such an event about the account, in seconds, it is to be erased. */
  const standing = async ({ user }: Account, action: string) =>
    (
      await t.database.query<{ status: string; grace: number | null }>(
        `SELECT status, extract(epoch FROM deletion_at - occurred_at)::float8 AS grace
         FROM users u JOIN audit_events ON target_id = u.id AND action = $2 WHERE u.id = $1`,
        [user.id, action],
      )
    )[0];

  it.each(['admin', 'chair'])(
    'is none while somebody leads it as %s, whatever other role does',
    async (key) => {
      const owner = await t.given.tenant();
      await t.database.query(
        `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
       SELECT gen_random_uuid(), tenant_id, 'chair', 'Chair', level, permissions FROM roles
       WHERE tenant_id = $1 AND key = 'admin'`,
        [owner.tenant.id],
      );
      const invitations = [await t.given.invitation(owner), await t.given.invitation(owner)];
      await new ApiKeys(t).setRole(owner, key);
      for (const { token } of invitations) {
        const reply = await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
        expect(reply.status).toBe(201);
      }
      expect((await owner.client.get('/auth/me')).body.role).toBe(key);
    },
  );

  it('goes to the highest of the others, who is told, at once and without a new sign-in', async () => {
    const owner = await t.given.tenant();
    await t.given.member(owner, 'user');
    const heir = await t.given.member(owner, 'manager');
    const late = await t.given.member(owner, 'manager');
    await prove(owner);

    expect(await leadersOf(owner)).toEqual([heir.user.id]);
    expect((await heir.client.get('/auth/me')).body.role).toBe('admin');
    expect((await late.client.get('/auth/me')).body.role).toBe('manager');
    const notice = await t.inbox.latest(heir.email, 'notice');
    expect(notice.subject).toBe('You now lead your organisation');
  });

  it('has it in its trail, and nothing of whoever proved the address', async () => {
    const owner = await t.given.tenant();
    const heir = await t.given.member(owner, 'user');
    const prover = await prove(owner);

    const [event] = await tenants.trail(owner, 'tenant.ownership_transferred');
    expect(event).toEqual({
      actor_id: null,
      target_kind: 'user',
      target_id: heir.user.id,
      detail: { role: { from: 'user', to: 'admin' }, reason: 'last_leader_closed' },
    });
    const [row] = await t.database.query(
      `SELECT address, user_agent FROM audit_events WHERE tenant_id = $1 AND action = 'tenant.ownership_transferred'`,
      [owner.tenant.id],
    );
    expect(row).toEqual({ address: 'server', user_agent: null });
    expect(JSON.stringify(await tenants.trail(owner, 'user.closed'))).not.toContain(prover.user.id);
  });

  it('goes to nobody while another leads it', async () => {
    const owner = await t.given.tenant();
    const peer = await t.given.member(owner, 'admin');
    await t.given.member(owner, 'manager');
    await prove(owner);
    expect(await leadersOf(owner)).toEqual([peer.user.id]);
    expect(await tenants.trail(owner, 'tenant.ownership_transferred')).toEqual([]);
  });

  it('passes over members who are suspended or on their way out', async () => {
    const owner = await t.given.tenant();
    const suspended = await t.given.member(owner, 'manager');
    const leaving = await t.given.member(owner, 'manager');
    const heir = await t.given.member(owner, 'user');
    await owner.client.post(`${MEMBERS}/${suspended.user.id}/suspend`);
    await leavers.left(leaving.client);
    await prove(owner);
    expect(await leadersOf(owner)).toEqual([heir.user.id]);
  });

  it('goes to the one who comes back, where all the others had gone', async () => {
    const owner = await t.given.tenant();
    const leaving = await t.given.member(owner, 'user');
    await leavers.left(leaving.client);
    await prove(owner);
    expect(await leadersOf(owner)).toEqual([]);
    expect((await leavers.restore(await leavers.token(leaving.email))).status).toBe(200);
    expect(await leadersOf(owner)).toEqual([leaving.user.id]);
  });

  it('has nobody where there was nobody else, or whoever proved the address in it', async () => {
    const alone = await t.given.tenant();
    await prove(alone);
    expect(await leadersOf(alone)).toEqual([]);

    const inviter = await t.given.tenant();
    const { token } = await t.given.invitation(inviter, { email: inviter.email });
    const reply = await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
    expect(reply.status).toBe(201);
    expect(await leadersOf(inviter)).toEqual([reply.body.user.id]);
  });

  it('is led on, too, where a sign-up or an address change proves it', async () => {
    const phone = uniquePhone();
    const claimant = await t.given.tenant();
    const first = await t.given.member(claimant);
    await t.database.query('UPDATE users SET phone = $2, email = NULL WHERE id = $1', [
      claimant.user.id,
      phone,
    ]);
    await phones.account(phone);
    expect(await leadersOf(claimant)).toEqual([first.user.id]);

    const owner = await t.given.tenant();
    const second = await t.given.member(owner);
    const victim = await t.given.verifiedTenant();
    await victim.client.patch('/auth/me', { email: owner.email, currentPassword: victim.password });
    const token = await t.inbox.token(owner.email, 'verify-email');
    expect((await victim.client.post('/auth/verify-email', { token })).status).toBe(200);
    expect(await leadersOf(owner)).toEqual([second.user.id]);
  });

  it(`always has a leader when the other one leaves at that moment, ${ROUNDS} times over`, async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const owner = await t.given.tenant();
      const peer = await t.given.member(owner, 'admin');
      const other = await t.given.member(owner, 'user');
      const { accept } = await contested(owner);
      const [proven, left] = await Promise.all([accept(), leavers.leave(peer.client)]);
      expect(proven.status).toBe(201);
      outcomes.add(String(left.status));
      expect(await leadersOf(owner)).toEqual([left.status === 202 ? other.user.id : peer.user.id]);
    }
    for (const status of outcomes) expect(['202', '409']).toContain(status);
  }, 180_000);

  it('is not left by the only one in it while somebody joins', async () => {
    const owner = await t.given.tenant();
    const { token } = await t.given.invitation(owner, { email: uniqueEmail() });

    // Each gets as far as it can and no further: nobody joins unseen by the one who leaves
    await t.database.query('BEGIN');
    await t.database.query('LOCK TABLE sessions IN EXCLUSIVE MODE');
    const joining = t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
    await untilWaitedFor(t.database, 1);
    const leaving = leavers.leave(owner.client);
    await untilWaitedFor(t.database, 2);
    await t.database.query('COMMIT');

    expect((await joining).status).toBe(201);
    expect(await leaving).toBeProblem('last_owner');
    expect(await leadersOf(owner)).toEqual([owner.user.id]);
  });

  it('waits for nobody who proves an address of a member’s at the same time', async () => {
    const [one, two] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
    const shared = await t.given.tenant();
    for (const { client, email } of [one, two]) {
      const { token } = await t.given.invitation(shared, { role: 'admin', email });
      expect((await client.post('/auth/invite/accept', { token })).status).toBe(201);
    }
    await one.client.patch('/auth/me', { email: shared.email, currentPassword: one.password });
    const token = await t.inbox.token(shared.email, 'verify-email');
    const again = await t.given.login({ ...one, tenant: shared.tenant });
    const [proven, left] = await Promise.all([
      one.client.post('/auth/verify-email', { token }),
      again.client.delete(`/users/me/organisations/${shared.tenant.id}`),
    ]);
    expect([proven.status, left.status].filter((status) => status >= 500)).toEqual([]);
    expect(await leadersOf(shared)).toContain(two.user.id);
  });

  it('loses the closed account for good, which no link brings back', async () => {
    const owner = await t.given.tenant();
    await t.given.member(owner);
    await leavers.left((await t.given.member(owner)).client);
    await prove(owner);
    expect(await standing(owner, 'user.closed')).toEqual({ status: 'closed', grace: GRACE_SECONDS });
    const kept = await t.database.query(
      `SELECT 1 FROM one_time_secrets WHERE subject_id = $1 AND used_at IS NULL`,
      [owner.user.id],
    );
    expect(kept).toEqual([]);
  });

  it('keeps the date of one who was on the way out already, and the way back is shut', async () => {
    const owner = await t.given.tenant({ companyName: `Company ${unique()}` });
    await leavers.left(owner.client);
    const token = await leavers.token(owner.email);
    await t.database.pass(3600);
    await prove(owner);
    const kept = { status: 'closed', grace: GRACE_SECONDS };
    expect(await standing(owner, 'user.deletion_requested')).toEqual(kept);
    expect(await leavers.restore(token)).toBeProblem('restoration_token_invalid');
  });
});
