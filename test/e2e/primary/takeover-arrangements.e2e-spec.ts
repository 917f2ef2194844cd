import { ApiKeys } from '../../support/api-keys.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { untilWaitedFor } from '../../support/locks.js';
import { Squatters } from '../../support/squatter.js';
import { MEMBERS, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const NAMES = { firstName: 'Ines', lastName: 'Invited' };

/** What an unverified account could set up in older releases is undone when another person takes the account over. */
describe('what a claimant set up', () => {
  const t = useSharedApp();
  const squatters = new Squatters(t);
  const tenants = new Tenants(t);

  const squat = () => t.given.unverifiedTenant({ email: uniqueEmail('victim') });
  const accept = (token: string, password = PASSWORD) =>
    t.post('/auth/invite/accept', { token, password, ...NAMES });
  /** A member by the claimant's invitation. The acceptance is refused now, so the claimant is verified for it. */
  const member = (of: Account, role = 'user') => squatters.asIfVerified(of, () => t.given.member(of, role));
  const win = async ({ email }: Account) => {
    await t.post('/auth/forgot-password', { email });
    const token = await t.inbox.token(email, 'password-reset');
    const reply = await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    expect(reply.status).toBe(200);
  };
  const enter = (of: Account) => t.given.login({ ...of, password: NEW_PASSWORD });
  const membersOf = async ({ tenant }: Account) =>
    (
      await t.database.query<{ user_id: string; key: string }>(
        `SELECT m.user_id, r.key FROM memberships m JOIN roles r ON r.id = m.role_id WHERE m.tenant_id = $1`,
        [tenant.id],
      )
    ).map(({ user_id: id, key }) => `${id} ${key}`);
  const setRole = (of: Account, key: string) => new ApiKeys(t).setRole(of, key);

  describe('by invitations', () => {
    it('that were accepted before is undone: members, their sessions and keys in the tenant', async () => {
      const owner = await squat();
      const joined = await member(owner, 'manager');
      const { key } = await new ApiKeys(t).create(joined);
      await win(owner);

      expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
      expect(await joined.client.get('/auth/me')).toBeProblem('access_token_invalid');
      expect(await new ApiKeys(t).isGood(key)).toBe(false);
      const login = { email: joined.email, password: joined.password };
      const again = await t.post('/auth/login', login);
      expect([again.status, again.body.user.id]).toEqual([200, joined.user.id]);
      expect((await t.client(again.body.accessToken).get('/auth/me')).body.tenant).toBeNull();
      const notices = await t.inbox.messages(joined.email, 'notice');
      expect(notices.map(({ subject }) => subject)).toContain(
        'You are no longer a member of an organisation',
      );
    });

    it('that were sent before and are accepted after is refused, like a revoked one', async () => {
      const owner = await squat();
      const token = await squatters.invite(owner);
      await win(owner);
      expect(await accept(token)).toBeProblem('invitation_already_used');
      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_already_used');
      const listed = await (
        await enter(owner)
      ).client.get<{ data: { state: string }[] }>('/tenants/current/invitations');
      expect(listed.body.data.map(({ state }) => state)).toEqual(['revoked']);
    });

    it('is refused before the take-over, too, as long as the inviter has no verified identifier', async () => {
      const owner = await squat();
      const token = await squatters.invite(owner);
      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_already_used');
      expect(await accept(token)).toBeProblem('invitation_already_used');
      const verification = await t.given.verificationToken(owner);
      await owner.client.post('/auth/verify-email', { token: verification });
      expect((await accept(token)).status).toBe(201);
    });

    it('of those who joined by them is undone with theirs', async () => {
      const owner = await squat();
      const first = await member(owner, 'admin');
      const second = await t.given.member(first, 'admin');
      const third = await t.given.member(second, 'user');
      const { token } = await t.given.invitation(second);
      await win(owner);
      expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
      for (const { client } of [first, second, third])
        expect(await client.get('/auth/me')).toBeProblem('access_token_invalid');
      expect(await accept(token)).toBeProblem('invitation_already_used');
    });

    it('of one who was invited again by another member stays', async () => {
      const host = await t.given.tenant();
      const claimant = await t.given.member(host, 'manager');
      const person = await t.given.member(claimant);
      await host.client.delete(`${MEMBERS}/${person.user.id}`);
      const { token } = await t.given.invitation(host, { email: person.email });
      expect((await accept(token, person.password)).status).toBe(201);
      await t.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [claimant.user.id]);
      await win(claimant);
      expect(await membersOf(host)).toContain(`${person.user.id} user`);
    });

    it('in tenants that the account has left stays', async () => {
      const owner = await squat();
      const successor = await member(owner, 'admin');
      const left = await owner.client.delete(`/users/me/organisations/${owner.tenant.id}`);
      expect(left.status).toBe(204);
      await win(owner);
      expect(await membersOf(owner)).toEqual([`${successor.user.id} admin`]);
      expect((await successor.client.get('/auth/me')).status).toBe(200);
    });
  });

  it('does not take the tenant: a former owner who transferred it gets it back', async () => {
    const owner = await squat();
    const peer = await member(owner, 'admin');
    await setRole(owner, 'user');
    await win(owner);
    expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
    expect(await peer.client.get('/auth/me')).toBeProblem('access_token_invalid');
  });

  it('by granting roles is undone for members who joined otherwise', async () => {
    const host = await t.given.tenant();
    const claimant = await t.given.member(host, 'admin');
    const [raised, other, since] = [
      await t.given.member(host, 'user'),
      await t.given.member(host, 'user'),
      await t.given.member(host, 'user'),
    ];
    const patch = (by: Account, { user }: Account, role: string) =>
      by.client.patch(`${MEMBERS}/${user.id}`, { role });
    for (const one of [raised, since]) expect((await patch(claimant, one, 'manager')).status).toBe(200);
    expect((await patch(claimant, raised, 'admin')).status).toBe(200);
    expect((await patch(host, other, 'manager')).status).toBe(200);
    await patch(host, since, 'user');
    expect((await patch(host, since, 'manager')).status).toBe(200);
    await t.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [claimant.user.id]);
    await win(claimant);

    expect((await membersOf(host)).sort()).toEqual(
      [
        `${host.user.id} admin`,
        `${claimant.user.id} admin`,
        `${raised.user.id} user`,
        `${other.user.id} manager`,
        `${since.user.id} manager`,
      ].sort(),
    );
    expect((await raised.client.get('/auth/me')).body.role).toBe('user');
  });

  it('is recorded in the trail of the tenant, without the address from which it was undone', async () => {
    const owner = await squat();
    const joined = await member(owner);
    await squatters.invite(owner);
    await win(owner);
    for (const action of ['member.removed', 'invitation.revoked']) {
      const [event] = await tenants.trail(owner, action);
      expect(event).toMatchObject({ actor_id: null, detail: { reason: 'account_taken_over' } });
    }
    const [removed] = await tenants.trail(owner, 'member.removed');
    expect(removed).toMatchObject({ target_id: joined.user.id, detail: { sessions: 1 } });
    const rows = await t.database.query(
      `SELECT DISTINCT address, user_agent FROM audit_events
       WHERE tenant_id = $1 AND detail ->> 'reason' = 'account_taken_over'`,
      [owner.tenant.id],
    );
    expect(rows).toEqual([{ address: 'server', user_agent: null }]);
  });

  it('stays where the account is verified by its owner', async () => {
    const owner = await squat();
    const joined = await member(owner, 'manager');
    const token = await squatters.invite(owner);
    const verification = await t.given.verificationToken(owner);
    expect((await owner.client.post('/auth/verify-email', { token: verification })).status).toBe(200);
    expect((await joined.client.get('/auth/me')).status).toBe(200);
    expect((await accept(token)).status).toBe(201);
    expect(await membersOf(owner)).toHaveLength(3);
  });

  it('takes no tenant from an owner who accepts an invitation of her own manager', async () => {
    const owner = await squat();
    const manager = await member(owner, 'manager');
    const { token } = await t.given.invitation(manager, { email: owner.email });
    const reply = await accept(token, NEW_PASSWORD);
    expect([reply.status, reply.body.user.id, reply.body.user.role]).toEqual([201, owner.user.id, 'admin']);
    expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
    expect(await owner.client.get('/auth/me')).toBeProblem('access_token_invalid');
    expect((await enter(owner)).user.role).toBe('admin');
  });

  describe('at the same moment', () => {
    /** Both run as far as they can while sessions are locked, the first one before the second. */
    const oneAfterTheOther = async (
      first: () => Promise<unknown>,
      second: () => Promise<unknown>,
    ): Promise<void> => {
      await t.database.query('BEGIN');
      await t.database.query('LOCK TABLE memberships IN EXCLUSIVE MODE');
      const running = first();
      await untilWaitedFor(t.database, 1);
      const waiting = second();
      await untilWaitedFor(t.database, 2);
      await t.database.query('COMMIT');
      await Promise.all([running, waiting]);
    };
    const resetting = async ({ email }: Account) => {
      await t.post('/auth/forgot-password', { email });
      const token = await t.inbox.token(email, 'password-reset');
      return async () => {
        const reply = await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
        expect(reply.status).toBe(200);
      };
    };

    it('an invitation that is accepted just before leaves no member', async () => {
      const owner = await squat();
      const token = await squatters.invite(owner);
      const reset = await resetting(owner);
      await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [owner.user.id]);
      const joining = async () => expect((await accept(token)).status).toBe(201);
      await oneAfterTheOther(joining, async () => {
        await t.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [owner.user.id]);
        await reset();
      });
      expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
    });

    it('one that is accepted just after is refused', async () => {
      const owner = await squat();
      const joined = await member(owner, 'manager');
      const { token } = await t.given.invitation(joined);
      const reset = await resetting(owner);
      await oneAfterTheOther(reset, async () =>
        expect(await accept(token)).toBeProblem('invitation_already_used'),
      );
      expect(await membersOf(owner)).toEqual([`${owner.user.id} admin`]);
    });

    it('one that is sent just after is refused: the session it was sent in has ended', async () => {
      const owner = await squat();
      await member(owner, 'manager');
      const reset = await resetting(owner);
      const email = uniqueEmail();
      await oneAfterTheOther(reset, async () => {
        const reply = await owner.client.post('/auth/invite', { email, role: 'admin' });
        expect(reply).toBeProblem('access_token_invalid');
      });
      expect(await t.inbox.messages(email)).toEqual([]);
    });

    it('a key that is created just after does not exist', async () => {
      const owner = await squat();
      const reset = await resetting(owner);
      await t.database.query('BEGIN');
      await t.database.query('LOCK TABLE sessions IN EXCLUSIVE MODE');
      const running = reset();
      await untilWaitedFor(t.database, 1);
      const making = owner.client.post('/auth/api-keys', { name: 'CI' });
      await untilWaitedFor(t.database, 2);
      await t.database.query('COMMIT');
      await running;
      expect(await making).toBeProblem('access_token_invalid');
      const keys = await t.database.query('SELECT 1 FROM api_keys WHERE user_id = $1', [owner.user.id]);
      expect(keys).toEqual([]);
    });
  });
});
