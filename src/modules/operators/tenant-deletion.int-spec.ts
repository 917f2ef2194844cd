import { v7 as newId } from 'uuid';
import { endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AccountLifecycleModule } from '../account-lifecycle/account-lifecycle.module.js';
import { TenantErasureService } from '../account-lifecycle/erasure/tenant-erasure.service.js';
import { OperatorsModule } from './operators.module.js';
import { TenantDeletionService } from './tenant-deletion.service.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

const core = useCore([AcceptanceModule, AccountLifecycleModule, OperatorsModule]);
const people = new People(core);
const ORDER = { reason: 'Contract ended', reference: 'case 12' };
const DAY = 86_400;
const deletion = () => core.get(TenantDeletionService);
const sweep = () => core.get(TenantErasureService).sweep();
const tenantRow = async (id: string) =>
  (await core.query('SELECT status, deletion_at IS NOT NULL AS due FROM tenants WHERE id = $1', [id]))[0];

it('suspends the tenant at once, and its people keep their accounts and other tenants', async () => {
  const owner = await people.owner();
  const elsewhere = await people.owner();
  await people.join(owner, elsewhere);
  expect(await deletion().request(owner.tenant.id, ORDER)).toBeInstanceOf(Date);
  await expect(people.actor(owner.tokens.accessToken)).rejects.toMatchObject({
    code: 'access_token_invalid',
  });
  const there = await people.session(owner, { tenantSlug: elsewhere.tenant.slug });
  expect(there.tenant.id).toBe(elsewhere.tenant.id);
});

it('is called off, stays suspended, and is back with its sessions when it is restored', async () => {
  const { tenant, tokens } = await people.owner();
  await deletion().request(tenant.id, ORDER);
  expect(await deletion().cancel(tenant.id, ORDER)).toBe(true);
  expect(await deletion().cancel(tenant.id, ORDER)).toBe(false);
  expect(await tenantRow(tenant.id)).toEqual({ status: 'suspended', due: false });
  await core.get(TenantSuspensionService).restore(tenant.id, ORDER);
  expect((await people.actor(tokens.accessToken)).session.membership?.tenant.id).toBe(tenant.id);
});

it('is called off by a restoration, too', async () => {
  const { tenant } = await people.owner();
  await deletion().request(tenant.id, ORDER);
  expect(await core.get(TenantSuspensionService).restore(tenant.id, ORDER)).toBe(true);
  expect(await tenantRow(tenant.id)).toEqual({ status: 'active', due: false });
});

it('erases the tenant after 14 days, not before, once of several sweeps, and leaves people and trail', async () => {
  const owner = await people.owner();
  const bystander = await people.owner();
  const { email } = await people.invitation(owner);
  const { id } = owner.tenant;
  await deletion().request(id, ORDER);
  await core.pass(14 * DAY - 600);
  await sweep();
  expect(await tenantRow(id)).toEqual({ status: 'suspended', due: true });
  await core.pass(1_200);
  await Promise.all([sweep(), sweep(), sweep()]);
  expect(await tenantRow(id)).toBeUndefined();
  expect(await tenantRow(bystander.tenant.id)).toEqual({ status: 'active', due: false });
  const [left] = await core.query(
    `SELECT (SELECT count(*) FROM users WHERE id = $1)::int AS people,
       (SELECT count(*) FROM memberships WHERE tenant_id = $2)::int AS memberships,
       (SELECT count(*) FROM invitations WHERE email = $3)::int AS invitations,
       (SELECT count(*) FROM audit_events WHERE tenant_id = $2 AND action = 'tenant.erased')::int AS erasures`,
    [owner.id, id, email],
  );
  expect(left).toEqual({ people: 1, memberships: 0, invitations: 0, erasures: 1 });
  const again = await people.signIn(owner);
  expect(again).toMatchObject({ kind: 'signed-in' });
});

it('is called off by nothing once the time is over: the erasure may have begun', async () => {
  const { id } = (await people.owner()).tenant;
  await deletion().request(id, ORDER);
  await core.pass(14 * DAY + 60);
  const suspension = core.get(TenantSuspensionService);
  const acts = [deletion().cancel(id, ORDER), suspension.restore(id, ORDER), suspension.suspend(id, ORDER)];
  expect(await Promise.all(acts.map(endOf))).toEqual(['not_found', 'not_found', 'not_found']);
  expect(await tenantRow(id)).toEqual({ status: 'suspended', due: true });
});

it('erases a tenant with more members than one step takes', async () => {
  const { tenant } = await people.owner();
  await core.query(
    `WITH person AS (
       INSERT INTO users (id, email, first_name, last_name)
       SELECT gen_random_uuid(), 'many-' || n || '@' || $1 || '.example', 'M', 'M' FROM generate_series(1, 450) n
       RETURNING id)
     INSERT INTO memberships (id, tenant_id, user_id, role_id)
     SELECT gen_random_uuid(), $1::uuid, person.id, (SELECT id FROM roles WHERE tenant_id = $1::uuid AND key = 'user')
     FROM person`,
    [tenant.id],
  );
  await deletion().request(tenant.id, ORDER);
  await core.pass(15 * DAY);
  await sweep();
  expect(await tenantRow(tenant.id)).toBeUndefined();
});

it('happens once in a burst, is told to the owners, and is recorded in both trails', async () => {
  const owner = await people.owner();
  const { id } = owner.tenant;
  const answers = await Promise.all(Array.from({ length: 20 }, () => deletion().request(id, ORDER)));
  const [deletionAt, ...more] = answers.filter((answer) => answer !== null);
  expect(more).toEqual([]);
  const rows = await core.query(
    `SELECT tenant_id, actor_kind, detail FROM audit_events
     WHERE action = 'tenant.deletion_requested' AND target_id = $1 ORDER BY tenant_id NULLS FIRST`,
    [id],
  );
  expect(rows).toEqual([
    { tenant_id: null, actor_kind: 'operator', detail: { ...ORDER, deletionAt: deletionAt?.toJSON() } },
    { tenant_id: id, actor_kind: 'operator', detail: { reference: ORDER.reference } },
  ]);
  const notices = await core.messages(owner.email, 'notice');
  expect(notices.filter(({ subject }) => subject === 'Your organisation will be deleted')).toHaveLength(1);
});

it('refuses an unknown tenant and an act without a reference', async () => {
  const { tenant } = await people.owner();
  await expect(deletion().request(newId(), ORDER)).rejects.toMatchObject({ code: 'not_found' });
  const silent = { ...ORDER, reference: '' };
  await expect(deletion().request(tenant.id, silent)).rejects.toMatchObject({ code: 'validation_failed' });
  expect(await tenantRow(tenant.id)).toEqual({ status: 'active', due: false });
});
