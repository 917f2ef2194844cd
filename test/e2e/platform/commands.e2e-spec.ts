import { AccountDeletions } from '../../support/account-deletions.js';
import { adminResult } from '../../support/admin.js';
import { ApiKeys } from '../../support/api-keys.js';
import { runProgram } from '../../support/programs.js';
import { useSharedApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';

const t = useSharedApp();
const WHY = ['--reason', 'Asked by telephone', '--reference', 'case 4711'];

const admin = (args: string[], input?: string) => runProgram('admin', args, t.server, {}, input);

const read = (args: string[]) => adminResult(args, t.server);
const act = (...args: string[]) => read([...args, ...WHY]);
const idsOf = (rows: unknown) => (rows as { id: string }[]).map(({ id }) => id);

const eventsAbout = (target: string) =>
  t.database.query<{ tenant_id: string | null; action: string; detail: object | null }>(
    `SELECT tenant_id, action, detail FROM audit_events
     WHERE target_id = $1 AND actor_kind = 'operator' AND actor_id IS NULL AND address = 'server'
     ORDER BY tenant_id NULLS FIRST, id`,
    [target],
  );
const viewsOf = async (id: string) =>
  (await eventsAbout(id)).filter(({ action }) => action === 'user.viewed').length;
/** In the operators' trail with the reason, in the tenant's with the reference only. */
const bothTrails = (tenantId: string) => [
  { tenant_id: null, detail: expect.objectContaining({ reason: WHY[1], reference: WHY[3] }) as object },
  { tenant_id: tenantId, detail: { reference: WHY[3] } },
];
const noticesTo = async (email: string) =>
  (await t.inbox.messages(email, 'notice')).map(({ subject }) => subject);

it('tenants are listed in pages, searched and shown', async () => {
  const [owner] = [await t.given.tenant(), await t.given.tenant()];
  const { id, slug } = owner.tenant;
  const found = await read(['tenant', 'list', '--search', slug.toUpperCase()]);
  expect([idsOf(found.tenants), found.nextCursor]).toEqual([[id], null]);
  const first = await read(['tenant', 'list', '--limit', '1']);
  const second = await read(['tenant', 'list', '--limit', '1', '--cursor', String(first.nextCursor)]);
  const { tenants } = await read(['tenant', 'list', '--all']);
  const all = idsOf(tenants);
  expect([...idsOf(first.tenants), ...idsOf(second.tenants)]).toEqual(all.slice(0, 2));
  expect(all).toContain(id);
  expect(await read(['tenant', 'show', slug])).toMatchObject({ id, slug, members: 1, status: 'active' });
  const { stdout } = await admin(['tenant', 'list', '--limit', '1']);
  expect(stdout).toMatch(
    /^id +slug +status +createdAt +deletionAt +name\n.+\nThere are more: --cursor [\w-]{22}/,
  );
});

it('a person is shown with sessions and keys, nothing of them a secret, and each look is recorded', async () => {
  const owner = await t.given.tenant();
  const { id } = owner.user;
  const { key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
  const outputs = [
    await admin(['person', 'show', owner.email]),
    await admin(['session', 'list', id]),
    await admin(['key', 'list', owner.email]),
    await admin(['key', 'find'], `${key}\n`),
  ];
  for (const { code, stdout, stderr } of outputs) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(key);
    expect(stdout).not.toMatch(/argon2|hash/i);
  }
  expect(outputs[0]?.stdout).toContain(owner.tenant.slug);
  expect(outputs[3]?.stdout).toMatch(new RegExp(`^userId +${id}$`, 'm'));
  expect(await viewsOf(id)).toBe(4);
  expect(await admin(['key', 'find'], 'sk_live_nothing')).toMatchObject({ code: 1, stdout: '' });
});

it('one session and one key are revoked, once, and their owner is told', async () => {
  const owner = await t.given.tenant();
  const { id: keyId, key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
  const [sessionId = ''] = idsOf((await read(['session', 'list', owner.email])).sessions);
  expect(await act('key', 'revoke', keyId)).toEqual({ changed: true });
  expect((await new ApiKeys(t).use(key)).status).toBe(401);
  expect((await owner.client.get('/auth/me')).status).toBe(200);
  expect(await act('session', 'revoke', sessionId)).toEqual({ changed: true });
  expect((await owner.client.get('/auth/me')).status).toBe(401);
  for (const id of [keyId, sessionId])
    expect(await eventsAbout(id)).toMatchObject(bothTrails(owner.tenant.id));
  expect((await noticesTo(owner.email)).slice(0, 2)).toEqual([
    'A session of yours was ended',
    'An API key was revoked',
  ]);
  for (const args of [
    ['key', 'revoke', keyId],
    ['session', 'revoke', sessionId],
    ['session', 'revoke', 'no-id'],
    ['key', 'revoke', key],
  ])
    expect(await admin([...args, ...WHY])).toMatchObject({ code: 1, stdout: '' });
});

it('limits are shown and lifted', async () => {
  const owner = await t.given.tenant();
  const signIn = (password: string) => t.post('/auth/login', { email: owner.email, password });
  await until(async () => (await signIn('not the right one')).status === 429);
  const { limits } = await read(['limits', 'show', owner.email]);
  expect(limits).toContainEqual(
    expect.objectContaining({ kind: 'password', blockedUntil: expect.any(String) as string }),
  );
  expect(await viewsOf(owner.user.id)).toBe(1);
  expect(await act('limits', 'lift', owner.email)).toEqual({ changed: true });
  expect((await signIn(owner.password)).status).toBe(200);
  expect((await eventsAbout(owner.user.id)).map(({ action }) => action)).toEqual([
    'user.viewed',
    // In the trail of operators, and in that of the tenant
    'limits.lifted',
    'limits.lifted',
  ]);
});

it('a link is sent again, and messages are listed without what they say', async () => {
  const owner = await t.given.unverifiedTenant();
  expect(await act('person', 'resend-verification', owner.email)).toEqual({
    ...{ changed: true, sent: true, retryAfter: null },
  });
  const { code, stdout } = await admin(['messages', 'list', owner.email]);
  expect(code).toBe(0);
  expect(stdout.match(/verify-email/g)).toHaveLength(2);
  expect(stdout).not.toContain(await t.inbox.token(owner.email, 'verify-email'));
  const sent = (await eventsAbout(owner.user.id)).filter(({ action }) => action !== 'user.viewed');
  expect(sent).toMatchObject(bothTrails(owner.tenant.id));
});

it('a person who leaves is restored, and told', async () => {
  const owner = await t.given.tenant();
  await new AccountDeletions(t).left(owner.client);
  expect(await read(['person', 'show', owner.user.id])).toMatchObject({ status: 'leaving' });
  expect(await act('person', 'restore', owner.user.id)).toEqual({ changed: true });
  expect(await act('person', 'restore', owner.user.id)).toEqual({ changed: false });
  expect(await read(['person', 'show', owner.email])).toMatchObject({ status: 'active' });
  const restored = (await eventsAbout(owner.user.id)).filter(({ action }) => action === 'user.restored');
  expect(restored).toMatchObject(bothTrails(owner.tenant.id));
  expect(await noticesTo(owner.email)).toContain('Your account is back');
});

it('events are listed by tenant, person, action and time', async () => {
  const owner = await t.given.tenant();
  await act('tenant', 'suspend', owner.tenant.slug);
  await act('tenant', 'restore', owner.tenant.slug);
  const actionsIn = async (...args: string[]) =>
    ((await read(['audit', 'list', ...args])).events as { action: string }[]).map(({ action }) => action);
  expect(await actionsIn('--tenant', owner.tenant.slug, '--action', 'tenant.suspended')).toEqual([
    'tenant.suspended',
  ]);
  expect(await actionsIn('--tenant', owner.tenant.slug, '--limit', '1')).toEqual(['tenant.restored']);
  expect(await actionsIn('--tenant', owner.tenant.slug, '--since', '2100-01-01T00:00:00Z')).toEqual([]);
  expect(await actionsIn('--platform', '--action', 'tenant.', '--limit', '2')).toEqual([
    'tenant.restored',
    'tenant.suspended',
  ]);
  const theirs = await actionsIn('--person', owner.email, '--all');
  // What the person did, and what was done to them: to look the address up is on top
  expect([theirs[0], theirs.includes('session.created')]).toEqual(['user.viewed', true]);
  expect(await viewsOf(owner.user.id)).toBe(1);
  await actionsIn('--person', owner.user.id);
  expect(await viewsOf(owner.user.id)).toBe(1);
});

it.each([
  ['tenant', 'show', 'no-such-tenant'],
  ['person', 'show', 'nobody@example.com'],
  ['session', 'list', '0198c0de-0000-7000-8000-000000000000'],
  ['limits', 'show', 'nobody'],
  ['messages', 'list', 'nobody'],
  ['audit', 'list', '--person', 'nobody@example.com'],
])('%s %s %s ends with 1, and says why', async (...args) => {
  const { code, stdout, stderr } = await admin(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^There is no /);
});

it.each(['reason', 'reference'])('an act with a control character in its %s does nothing', async (name) => {
  const owner = await t.given.tenant();
  const why = { reason: 'Asked', reference: 'case 9', [name]: 'x\u001b[2J' };
  const { code, stderr } = await admin([
    ...['person', 'sign-out', owner.email, '--reason', why.reason, '--reference', why.reference],
  ]);
  expect([code, stderr.startsWith(`Give a ${name}`)]).toEqual([1, true]);
  expect((await owner.client.get('/auth/me')).status).toBe(200);
  expect(await eventsAbout(owner.user.id)).toEqual([]);
});

it('counts what there is', async () => {
  await t.given.tenant();
  const { stdout } = await admin(['overview']);
  expect(stdout).toMatch(/^tenants +[1-9]\d*$/m);
});
