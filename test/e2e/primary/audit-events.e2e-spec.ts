import { randomUUID } from 'node:crypto';
import { actionsOf, eventsOf, listEvents, walkEvents } from '../../support/audit.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('GET /tenants/current/audit-events', () => {
  const t = useSharedApp();
  const wrongPassword = ({ tenant, email }: Account) =>
    t.post('/auth/login', { tenantSlug: tenant.slug, email, password: NEW_PASSWORD });
  /** Made-up events of this tenant, one a second, the newest now. */
  const fill = (owner: Account, count: number) =>
    t.database.query(
      `INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, actor_id, action, outcome)
       SELECT gen_random_uuid(), $1, now() - make_interval(secs => n / 3), 'user', $2, 'user.updated', 'success'
       FROM generate_series(1, $3::int) AS n`,
      [owner.tenant.id, owner.user.id, count],
    );

  const earlierCursor = (event?: { id: string }) =>
    Buffer.from((event?.id ?? '').replaceAll('-', ''), 'hex').toString('base64url');

  it('returns actor, action, target, time and address, newest first', async () => {
    const owner = await t.given.tenant({ firstName: 'Ada', lastName: 'Byron' });
    const headers = { 'user-agent': 'Browser/1.0' };
    const invited = await owner.client.post(
      '/auth/invite',
      { email: uniqueEmail(), role: 'user' },
      { headers },
    );

    const { status, body } = await listEvents(owner.client);

    expect(status).toBe(200);
    expect(actionsOf(body.data)).toEqual([
      'invitation.created',
      'session.created',
      'user.created',
      'tenant.created',
    ]);
    expect(body.nextCursor).toBeNull();
    expect(body.data[0]).toHaveShape({
      id: '550e8400-e29b-41d4-a716-446655440000',
      occurredAt: '2026-01-01T00:00:00.000Z',
      requestId: '550e8400-e29b-41d4-a716-446655440000',
    });
    expect(body.data[0]).toMatchObject({
      actor: { kind: 'user', id: owner.user.id, name: 'Ada Byron' },
      outcome: 'success',
      target: { kind: 'invitation', id: invited.body.id },
      address: owner.client.address,
      userAgent: 'Browser/1.0',
      detail: { role: 'user' },
    });
  });

  it('returns denials', async () => {
    const owner = await t.given.tenant();
    await wrongPassword(owner);
    const [event] = await eventsOf(owner.client, { outcome: 'refused' });
    expect(event).toMatchObject({
      action: 'sign_in.refused',
      actor: { kind: 'anonymous', id: null, name: null },
      target: { kind: 'user', id: owner.user.id },
    });
  });

  describe('filtered', () => {
    let owner: Account;
    let member: Account;
    beforeAll(async () => {
      owner = await t.given.tenant();
      member = await t.given.member(owner, 'manager');
      await wrongPassword(member);
      await t.given.login(member);
      await member.client.patch('/auth/me', { firstName: 'Mona' });
    });

    it('by actor', async () => {
      const events = await eventsOf(owner.client, { actorId: member.user.id });
      expect(actionsOf(events)).toEqual([
        'user.updated',
        'session.created',
        'session.created',
        'invitation.accepted',
        'user.created',
      ]);
      expect(events.map(({ actor }) => actor.name)).toEqual(Array(5).fill('Mona Member'));
    });

    it('by action, or a group of them', async () => {
      const created = await eventsOf(owner.client, { action: 'session.created' });
      expect(actionsOf(created)).toEqual(Array(3).fill('session.created'));
      const invitations = await eventsOf(owner.client, { action: 'invitation.' });
      expect(actionsOf(invitations)).toEqual(['invitation.accepted', 'invitation.created']);
      expect(await eventsOf(owner.client, { action: 'role.deleted' })).toEqual([]);
    });

    it('by target and by outcome, both at once', async () => {
      const about = await eventsOf(owner.client, { targetId: member.user.id });
      expect(new Set(actionsOf(about))).toEqual(new Set(['user.created', 'sign_in.refused', 'user.updated']));
      const refused = await eventsOf(owner.client, { targetId: member.user.id, outcome: 'refused' });
      expect(actionsOf(refused)).toEqual(['sign_in.refused']);
    });

    it('by time, from a moment on and before another', async () => {
      const all = await eventsOf(owner.client);
      const moment = all[2]?.occurredAt ?? '';
      const later = await eventsOf(owner.client, { from: moment });
      const earlier = await eventsOf(owner.client, { to: moment });
      expect([...later, ...earlier].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      expect(later.map(({ id }) => id)).toContain(all[2]?.id);
      expect(await eventsOf(owner.client, { from: '2999-01-01' })).toEqual([]);
      const elsewhere = moment.replace('Z', '+00:00');
      expect(await eventsOf(owner.client, { from: elsewhere })).toEqual(later);
    });

    it.each([
      ['action', 'session'],
      ['action', 'session.*'],
      ['action', 'sessions.'],
      ['action', '%'],
      ['action', ''],
      ['actorId', 'me'],
      ['targetId', '1'],
      ['outcome', 'failed'],
      ['from', 'yesterday'],
      ['from', '2026-01-01T00:00:00'],
      ['to', '2026-13-01'],
      ['to', '1767225600000'],
      ['limit', '0'],
      ['limit', '101'],
      ['limit', '1e1'],
      ['cursor', 'x'],
      ['tenantId', '550e8400-e29b-41d4-a716-446655440000'],
    ])('refuses %s=%s', async (name, value) => {
      const reply = await listEvents(owner.client, { [name]: value });
      expect(reply).toBeProblem('validation_failed');
    });
  });

  describe('in pages', () => {
    it('of twenty, or as many as requested', async () => {
      const owner = await t.given.tenant();
      await fill(owner, 50);
      expect((await listEvents(owner.client)).body.data).toHaveLength(20);
      expect((await listEvents(owner.client, { limit: '1' })).body.data).toHaveLength(1);
      const { body } = await listEvents(owner.client, { limit: '100' });
      expect(body.data).toHaveLength(53);
      expect(body.nextCursor).toBeNull();
    });

    it('loses and repeats nothing while events are added, also where many have the same time', async () => {
      const owner = await t.given.tenant();
      await fill(owner, 40);
      const before = await eventsOf(owner.client);
      const walked = await walkEvents(owner.client, { limit: '7' }, () => fill(owner, 1));
      expect(walked.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    });

    it('goes on after a cursor of an earlier version', async () => {
      const owner = await t.given.tenant();
      await fill(owner, 30);
      const all = await eventsOf(owner.client);
      const { body } = await listEvents(owner.client, { cursor: earlierCursor(all[9]), limit: '100' });
      expect(body.data).toEqual(all.slice(10));
    });

    it('goes on after an event that was deleted meanwhile', async () => {
      const owner = await t.given.tenant();
      await fill(owner, 30);
      const all = await eventsOf(owner.client);
      const { nextCursor } = (await listEvents(owner.client, { limit: '10' })).body;
      await t.database.query('DELETE FROM audit_events WHERE id = $1', [all[9]?.id]);
      const { body } = await listEvents(owner.client, { cursor: nextCursor ?? '', limit: '100' });
      expect(body.data).toEqual(all.slice(10));
    });

    it('applies the filter to every page', async () => {
      const owner = await t.given.tenant();
      await fill(owner, 30);
      const walked = await walkEvents(owner.client, { limit: '8', action: 'user.updated' });
      expect(actionsOf(walked)).toEqual(Array(30).fill('user.updated'));
    });
  });

  describe('of another tenant', () => {
    it('returns nothing, whatever is requested', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      await fill(stranger, 30);
      const theirs = await eventsOf(stranger.client);
      const mine = new Set((await eventsOf(owner.client)).map(({ id }) => id));
      expect(theirs.filter(({ id }) => mine.has(id))).toEqual([]);
      expect(await eventsOf(owner.client, { actorId: stranger.user.id })).toEqual([]);
      expect(await eventsOf(owner.client, { targetId: stranger.user.id })).toEqual([]);
      const { nextCursor } = (await listEvents(stranger.client)).body;
      const { status, body } = await listEvents(owner.client, { cursor: nextCursor ?? '' });
      expect(status).toBe(200);
      expect(body.data.filter(({ id }) => !mine.has(id))).toEqual([]);
      // A cursor of an earlier version has no time of its own
      const earlier = await listEvents(owner.client, { cursor: earlierCursor(theirs[20]) });
      expect(earlier).toMatchObject({ status: 200, body: { data: [], nextCursor: null } });
    });

    it('returns it once the person works there, and no more of the first one', async () => {
      const owner = await t.given.tenant();
      const { body: other } = await owner.client.post('/users/me/organisations', { name: randomUUID() });
      expect(actionsOf(await eventsOf(owner.client))).not.toContain('session.switched');
      const { body } = await owner.client.post('/users/me/switch-org', { orgId: other.id });
      const events = await eventsOf(t.client(body.accessToken));
      expect(actionsOf(events)).toEqual(['session.switched', 'tenant.created']);
    });
  });

  it('requires the permission', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'manager');
    expect(await listEvents(member.client)).toBeProblem('permission_missing');
    expect(await listEvents(t.client())).toBeProblem('authentication_required');
  });

  it('names nobody who has left: the id remains', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    await member.client.delete(`/users/me/organisations/${owner.tenant.id}`);
    const events = await eventsOf(owner.client, { actorId: member.user.id });
    expect(actionsOf(events)).toContain('membership.left');
    expect(new Set(events.map(({ actor }) => JSON.stringify(actor)))).toEqual(
      new Set([JSON.stringify({ kind: 'user', id: member.user.id, name: null })]),
    );
  });
});
