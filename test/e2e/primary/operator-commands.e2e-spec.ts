import { COMMANDS } from '../../../src/admin/commands.js';
import { ApiKeys } from '../../support/api-keys.js';
import { type Ended, runProcess, runProgram } from '../../support/programs.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const t = useSharedApp();
const WHY = ['--reason', 'Asked by telephone', '--reference', 'case 4711'];
const admin = (...args: string[]) => runProgram('admin', args, t.server);
const done = async (...args: string[]): Promise<Record<string, unknown>> =>
  resultOf(await admin(...args, ...WHY, '--json'));
const resultOf = ({ code, stdout, stderr }: Ended): Record<string, unknown> => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
};
const eventsOf = (action: string) =>
  t.database.query(
    `SELECT tenant_id, actor_kind, actor_id, target_id, detail FROM audit_events WHERE action = $1
     ORDER BY tenant_id NULLS FIRST`,
    [action],
  );

describe('a tenant that an operator suspends', () => {
  it('is reached by nobody, and is back with everything that was not revoked when it is restored', async () => {
    const owner = await t.given.tenant();
    const { key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const reach = async () => ({
      session: (await owner.client.get('/tenants/current')).status,
      key: (await new ApiKeys(t).use(key)).status,
      signIn: (
        await t.post('/auth/login', {
          email: owner.email,
          password: owner.password,
          tenantSlug: owner.tenant.slug,
        })
      ).status,
    });
    const before = await reach();
    expect([before.session, before.key, before.signIn]).toEqual([200, 200, 200]);

    expect(await done('tenant', 'suspend', owner.tenant.slug)).toEqual({ changed: true });
    const during = await reach();
    for (const status of Object.values(during)) expect([401, 403]).toContain(status);
    // Their account is as before
    const again = await t.post('/auth/login', { email: owner.email, password: owner.password });
    expect(again.body).toMatchObject({ user: { id: owner.user.id }, tenant: null });

    expect(await done('tenant', 'restore', owner.tenant.id)).toEqual({ changed: true });
    expect(await reach()).toEqual(before);
  });

  it('says so to its owners and in both audit trails, once', async () => {
    const owner = await t.given.tenant();
    const { id } = owner.tenant;
    // Two operators at once, each with a process
    const args = ['tenant', 'suspend', id, ...WHY, '--json'];
    const ends = await Promise.all([1, 2].map(() => runProcess('admin', args, t.server)));
    expect(ends.map((end) => resultOf(end).changed).sort()).toEqual([false, true]);
    expect(await done('tenant', 'suspend', id)).toEqual({ changed: false });

    const row = { actor_kind: 'operator', actor_id: null, target_id: id };
    expect((await eventsOf('tenant.suspended')).filter(({ target_id }) => target_id === id)).toEqual([
      { ...row, tenant_id: null, detail: { reason: WHY[1], reference: WHY[3] } },
      { ...row, tenant_id: id, detail: { reference: WHY[3] } },
    ]);
    const notices = await t.inbox.messages(owner.email, 'notice');
    expect(notices.filter(({ subject }) => subject === 'Your organisation was suspended')).toHaveLength(1);
  });
});

describe('a person', () => {
  it('is signed out everywhere, and told', async () => {
    const owner = await t.given.tenant();
    const second = await t.post('/auth/login', { email: owner.email, password: owner.password });
    const result = await done('person', 'sign-out', owner.email);
    expect(result).toEqual({ changed: true, sessions: 2 });
    for (const token of [owner.accessToken, second.body.accessToken])
      expect((await t.client(token).get('/auth/me')).status).toBe(401);
    expect(await t.post('/auth/refresh', { refreshToken: second.body.refreshToken })).toBeProblem(
      'refresh_token_invalid',
    );
    const again = { email: owner.email, password: owner.password };
    expect((await t.post('/auth/login', again)).status).toBe(200);
    const [notice] = await t.inbox.messages(owner.email, 'notice');
    expect(notice?.subject).toBe('You were signed out everywhere');
  });

  it('who lost the second factor signs in without it', async () => {
    const owner = await t.given.tenant();
    await new TwoFactor(t).enable(owner.client);
    const again = { email: owner.email, password: owner.password };
    expect((await t.post('/auth/login', again)).body).toHaveProperty('tempToken');
    expect(await done('person', 'remove-second-factor', owner.user.id)).toMatchObject({ changed: true });
    expect((await t.post('/auth/login', again)).body).toHaveProperty('accessToken');
  });
});

describe('npm run admin', () => {
  it.each([
    [['tenant', 'suspend', 'no-such-tenant'], 'There is no tenant'],
    [['tenant', 'suspend', '0198c0de-0000-7000-8000-000000000000'], 'There is no tenant'],
    [['person', 'sign-out', 'nobody@example.com'], 'There is no account'],
    [['person', 'remove-second-factor', '0198c0de-0000-7000-8000-000000000000'], 'There is no account'],
  ])('refuses %j with 1 and the reason', async (args, reason) => {
    const { code, stdout, stderr } = await admin(...args, ...WHY);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).not.toMatch(/\bat .*\.js:\d+/);
  });

  it('refuses an act without a reason', async () => {
    const owner = await t.given.tenant();
    const { code, stdout } = await admin(
      ...['tenant', 'suspend', owner.tenant.id, '--json', '--reason', ' ', '--reference', 'case'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: 'validation_failed' });
    expect((await owner.client.get('/tenants/current')).status).toBe(200);
  });

  it.each([
    [[], 'Name a command.'],
    [['tenant'], 'There is no command tenant'],
    [['tenant', 'suspend'], 'It is: tenant suspend <tenant>'],
    [['tenant', 'suspend', 'acme'], 'tenant suspend wants --reason and --reference.'],
    [['tenant', 'suspend', 'acme', ...WHY, 'beta'], 'It is: tenant suspend <tenant>'],
    [['constructor', 'name', 'acme', ...WHY], 'There is no command constructor name'],
    [['tenant', 'suspend', 'acme', ...WHY, '--force'], "Unknown option '--force'"],
  ])('exits with 64 for the arguments %j, says why, and does nothing', async (args, reason) => {
    const { code, stdout, stderr } = await admin(...args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr.startsWith(reason)).toBe(true);
    expect(stderr).toContain('Usage: ');
  });

  it('has a help that names every command', async () => {
    const { code, stdout } = await admin('--help');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    const unnamed = COMMANDS.filter(
      ({ usage, summary }) =>
        !lines.some((line) => line.startsWith(`  ${usage} `) && line.endsWith(`  ${summary}`)),
    );
    expect(COMMANDS.length).toBeGreaterThan(30);
    expect(unnamed.map(({ usage }) => usage)).toEqual([]);
  });
});
