import { ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import type { Account } from '../../support/given.js';
import { untilWaitedFor } from '../../support/locks.js';
import { type MemberAnswer, MEMBERS, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const TRANSFER = '/tenants/current/transfer';

describe('the top-level members of an organisation', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const keys = new ApiKeys(t);
  const transfer = (as: Account, to: Account, role?: string) =>
    as.client.post<MemberAnswer>(TRANSFER, { memberId: to.user.id, role });
  const roleOf = async (as: Account, of: Account) => (await tenants.member(as.client, of.user.id)).role;

  describe('transfer ownership', () => {
    it('and get the lower role that they name', async () => {
      const owner = await t.given.tenant();
      const successor = await t.given.member(owner, 'user');
      const { status, body } = await transfer(owner, successor, 'manager');
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: successor.user.id, role: 'admin', roleLevel: 100 });
      expect(await roleOf(successor, owner)).toBe('manager');
      expect((await successor.client.get('/auth/me')).body).toMatchObject({ role: 'admin' });
      expect(await transfer(owner, successor)).toBeProblem('role_level_exceeded');
      expect(await tenants.trail(owner, 'tenant.ownership_transferred')).toEqual([
        {
          actor_id: owner.user.id,
          target_kind: 'user',
          target_id: successor.user.id,
          detail: { role: { from: 'user', to: 'admin' }, steppedDownTo: 'manager' },
        },
      ]);
    });

    it('or keep their own beside the new one', async () => {
      const owner = await t.given.tenant();
      const successor = await t.given.member(owner, 'user');
      expect((await transfer(owner, successor)).status).toBe(200);
      expect([await roleOf(owner, successor), await roleOf(successor, owner)]).toEqual(['admin', 'admin']);
    });

    it('to no suspended member, and only as one of them', async () => {
      const { owner, manager, user } = await tenants.staff();
      await owner.client.post(`${MEMBERS}/${manager.user.id}/suspend`);
      const before = await tenants.contents(owner);
      expect(await transfer(owner, manager, 'user')).toBeProblem('member_suspended');
      expect(await transfer(owner, user, 'nothing')).toBeProblem('role_not_found');
      expect(await tenants.contents(owner)).toEqual(before);
      await owner.client.post(`${MEMBERS}/${manager.user.id}/restore`);
      const again = await t.given.login(manager);
      expect(await transfer(again, user)).toBeProblem('role_level_exceeded');
      expect(await roleOf(owner, user)).toBe('user');
    });

    it('only while their role is at the top, which is checked before the body', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const send = (as: Account) => as.client.post(TRANSFER, {});
      const refusal = await send(manager);
      expect(refusal).toBeProblem('role_level_exceeded');
      expect(refusal.body.detail).toContain('level 100');
      await keys.setRole(manager, 'admin');
      await keys.setRole(owner, 'manager');
      expect(await send(manager)).toBeProblem('validation_failed');
      expect(await send(owner)).toBeProblem('role_level_exceeded');
      await keys.setRole(owner, 'user');
      expect(await send(owner)).toBeProblem('permission_missing');
    });

    it('and not if the role is taken from them after the guard', async () => {
      const owner = await t.given.tenant();
      const successor = await t.given.member(owner, 'user');
      await t.database.query('BEGIN');
      await t.database.query('SELECT FROM tenants WHERE id = $1 FOR UPDATE', [owner.tenant.id]);
      const reply = transfer(owner, successor);
      await untilWaitedFor(t.database);
      await keys.setRole(owner, 'manager');
      await t.database.query('COMMIT');
      expect(await reply).toBeProblem('role_level_exceeded');
      expect((await successor.client.get('/auth/me')).body.role).toBe('user');
    });

    it.each([[{}], [{ memberId: 'x' }], [{ memberId: null }], [{ role: 'user' }], [{ memberId: 1, to: 2 }]])(
      'but not by %j',
      async (body) => {
        const owner = await t.given.tenant();
        expect(await owner.client.post(TRANSFER, body)).toBeProblem('validation_failed');
      },
    );
  });

  describe('are never none', () => {
    type Act = (as: Account, other: Account) => Promise<Reply<unknown>>;
    const ACTS: Record<string, Act> = {
      remove: (as, other) => as.client.delete(`${MEMBERS}/${other.user.id}`),
      suspend: (as, other) => as.client.post(`${MEMBERS}/${other.user.id}/suspend`),
      demote: (as, other) => as.client.patch(`${MEMBERS}/${other.user.id}`, { role: 'user' }),
      leave: (as) => as.client.delete(`/users/me/organisations/${as.tenant.id}`),
      'step down': (as) => as.client.patch(`${MEMBERS}/${as.user.id}`, { role: 'manager' }),
    };
    const leaders = ({ tenant }: Account) =>
      t.database.query(
        `SELECT 1 FROM memberships m JOIN roles r ON r.id = m.role_id
         WHERE m.tenant_id = $1 AND m.status = 'active' AND r.level = 100`,
        [tenant.id],
      );

    it.each(Object.entries(ACTS).filter(([name]) => ['leave', 'step down'].includes(name)))(
      'when the only one tries to %s',
      async (_, act) => {
        const owner = await t.given.tenant();
        const peer = await t.given.member(owner, 'admin');
        await owner.client.post(`${MEMBERS}/${peer.user.id}/suspend`);
        expect(await act(owner, owner)).toBeProblem('last_owner');
        expect(await leaders(owner)).toHaveLength(1);
      },
    );

    /** Restores the tenant: the removed members return with the sessions they had. */
    const remember = async ({ tenant }: Account) => {
      for (const table of ['memberships', 'sessions']) {
        await t.database.query(
          `CREATE TEMP TABLE kept_${table} ON COMMIT PRESERVE ROWS AS SELECT * FROM ${table} WHERE false`,
        );
        await t.database.query(`INSERT INTO kept_${table} SELECT * FROM ${table} WHERE tenant_id = $1`, [
          tenant.id,
        ]);
      }
      return async () => {
        await t.database.query(
          'INSERT INTO memberships SELECT * FROM kept_memberships ON CONFLICT DO NOTHING',
        );
        await t.database.query(
          `UPDATE memberships m SET role_id = kept.role_id, status = kept.status FROM kept_memberships kept
           WHERE kept.id = m.id`,
        );
        await t.database.query('INSERT INTO sessions SELECT * FROM kept_sessions ON CONFLICT DO NOTHING');
        await t.database.query(
          'UPDATE sessions s SET revoked_at = NULL FROM kept_sessions kept WHERE kept.id = s.id',
        );
      };
    };

    it('in two hundred rounds of two who remove or demote each other, or themselves, at the same moment', async () => {
      const owner = await t.given.tenant();
      const peer = await t.given.member(owner, 'admin');
      const restore = await remember(owner);
      const names = Object.keys(ACTS);
      const statuses: number[] = [];
      for (let round = 0; round < 200; round += 1) {
        // Every other round is the plainest one: both remove the other
        const pair =
          round % 2 === 0
            ? ['remove', 'remove']
            : [names[(round >> 1) % 5], names[(((round >> 1) / 5) % 5) | 0]];
        const [first = '', second = ''] = pair;
        const replies = await Promise.all([ACTS[first]?.(owner, peer), ACTS[second]?.(peer, owner)]);
        const received = replies.map((reply) => reply?.status ?? 0);
        const left = (await leaders(owner)).length;
        expect([round, pair, received, left > 0]).toEqual([round, pair, received, true]);
        statuses.push(...received);
        await restore();
      }
      const counts = countBy(statuses, (status) => status);
      expect(
        Object.keys(counts).every((status) => ['200', '204', '401', '403', '404', '409'].includes(status)),
      ).toBe(true);
      expect((counts[200] ?? 0) + (counts[204] ?? 0)).toBeGreaterThanOrEqual(200);
      await t.database.query('DROP TABLE kept_memberships, kept_sessions');
    });

    it('when twenty demote each other at once', async () => {
      const owner = await t.given.tenant();
      const peers: Account[] = [owner];
      for (let count = 1; count < 5; count += 1) peers.push(await t.given.member(owner, 'admin'));
      const replies = await burst(20, (index) => {
        const [as, other] = [peers[index % 5], peers[(index + 1 + (index >> 2)) % 5]];
        if (!as || !other) throw new Error('There is no such member');
        return ACTS.demote?.(as, other) ?? Promise.reject(new Error('No such act'));
      });
      expect((await leaders(owner)).length).toBeGreaterThan(0);
      for (const { status } of replies) expect([200, 401, 403, 409]).toContain(status);
    });
  });
});
