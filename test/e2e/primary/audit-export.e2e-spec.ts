import { once } from 'node:events';
import { connect } from 'node:net';
import { actionsOf, eventsOf, eventually, exportEvents, linesOf, walkEvents } from '../../support/audit.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('GET /tenants/current/audit-events/export', () => {
  const t = useSharedApp();
  /** Made-up events, five with the same time. */
  const fill = (owner: Account, count: number, size = 1) =>
    t.database.query(
      `INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, actor_id, action, outcome, detail)
       SELECT gen_random_uuid(), $1, now() - make_interval(secs => 10 + n / 5), 'user', $2, 'user.updated', 'success',
         jsonb_build_object('fields', repeat('x', $4))
       FROM generate_series(1, $3::int) AS n`,
      [owner.tenant.id, owner.user.id, count, size],
    );

  it('returns what the list returns, oldest first, one a line, as a file', async () => {
    const owner = await t.given.tenant();
    await fill(owner, 1_234);
    const listed = await walkEvents(owner.client, { limit: '100' });

    const { status, headers, text } = await exportEvents(owner.client);

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="audit-events.ndjson"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(text.endsWith('}\n')).toBe(true);
    expect(linesOf(text)).toEqual(listed.reverse());
    expect(listed.length).toBeGreaterThan(1_234);
  });

  it('accepts the same filters', async () => {
    const owner = await t.given.tenant();
    await fill(owner, 30);
    const { text } = await exportEvents(owner.client, { action: 'session.', actorId: owner.user.id });
    expect(actionsOf(linesOf(text))).toEqual(['session.created']);
    expect((await exportEvents(owner.client, { from: '2999-01-01' })).text).toBe('');
    expect(await exportEvents(owner.client, { action: 'sessions' })).toBeProblem('validation_failed');
    expect(await exportEvents(owner.client, { limit: '5' })).toBeProblem('validation_failed');
  });

  it('is recorded in the trail, but not in its own file', async () => {
    const owner = await t.given.tenant();
    const { text } = await exportEvents(owner.client, { outcome: 'success' });
    expect(actionsOf(linesOf(text))).not.toContain('audit.exported');
    const [event] = await eventsOf(owner.client, { action: 'audit.' });
    expect(event).toMatchObject({
      actor: { id: owner.user.id },
      target: { kind: 'tenant', id: owner.tenant.id },
      detail: { outcome: 'success' },
    });
  });

  it('contains nothing of another tenant', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    await fill(stranger, 10);
    const { text } = await exportEvents(owner.client);
    expect(actionsOf(linesOf(text))).toEqual(['tenant.created', 'user.created', 'session.created']);
    expect((await exportEvents(owner.client, { actorId: stranger.user.id })).text).toBe('');
  });

  it('requires the permission', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'manager');
    expect(await exportEvents(member.client)).toBeProblem('permission_missing');
    expect(await exportEvents(t.client())).toBeProblem('authentication_required');
  });

  it('stops when its client disconnects, and the server continues', async () => {
    const owner = await t.given.tenant();
    // More than the sockets' buffers take
    await fill(owner, 20_000, 2_000);
    const { hostname, port } = new URL(t.server.origin);
    const socket = connect(Number(port), hostname);
    const path = '/tenants/current/audit-events/export';
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.accessToken}\r\n\r\n`);
    await once(socket, 'readable');
    socket.destroy();
    await eventually(async () => t.log.includes(`"route":"${path}","msg":"answer cut off"`) || undefined);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
  });
});
