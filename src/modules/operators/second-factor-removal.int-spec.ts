import { v7 as newId } from 'uuid';
import { inSeconds } from '../../../test/support/clock.js';
import { useCore } from '../../../test/support/core.js';
import { Database } from '../../database/database.js';
import { RecoveryCodesService } from '../two-factor/recovery-codes.service.js';
import { TotpFactorsService } from '../two-factor/totp-factors.service.js';
import type { OperatorAct } from './operator-act.js';
import { OperatorsModule } from './operators.module.js';
import { SecondFactorRemovalService } from './second-factor-removal.service.js';

const core = useCore([OperatorsModule]);

const reset = ({ userId, ...act }: OperatorAct & { userId: string }) =>
  core.get(SecondFactorRemovalService).remove(userId, act);
const rows = <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
  core.query<Row>(text, values);
const count = async (table: string, userId: string, also = 'true') =>
  (
    await rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE user_id = $1 AND ${also}`, [
      userId,
    ])
  )[0]?.n;
const events = (userId: string) =>
  rows(
    `SELECT tenant_id, actor_kind, actor_id, outcome, detail FROM audit_events
     WHERE action = 'two_factor.reset' AND target_id = $1 ORDER BY tenant_id NULLS FIRST`,
    [userId],
  );
const noticesTo = async (to: string) =>
  (await core.messages(to)).filter(({ subject }) => subject === 'Two-factor authentication was reset');

/**
 * A member of two tenants with an authenticator, backup codes, a trusted device, two sessions and a pending sign-in.
 */
async function protectedPerson({ isVerified = true } = {}) {
  const id = newId();
  const email = `${id}@example.com`;
  const tenantIds = [newId(), newId()].sort();
  await rows(
    `INSERT INTO users (id, email, email_verified_at, first_name, last_name) VALUES ($1, $2, $3, 'Priya', 'S')`,
    [id, email, isVerified ? inSeconds(0) : null],
  );
  for (const tenantId of tenantIds) {
    await rows(
      `WITH t AS (
         INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2) RETURNING id
       ), r AS (
         INSERT INTO roles (id, tenant_id, key, name, level, permissions) SELECT $3, id, 'admin', 'Admin', 100, '{}' FROM t
         RETURNING id, tenant_id
       )
       INSERT INTO memberships (id, tenant_id, user_id, role_id) SELECT $4, tenant_id, $5, id FROM r`,
      [tenantId, tenantId, newId(), newId(), id],
    );
    await rows(
      `INSERT INTO sessions (id, user_id, tenant_id, methods, address, idle_expires_at, expires_at)
       VALUES ($1, $2, $3, '{pwd,otp,mfa}', '127.0.0.1', now() + interval '1 day', now() + interval '1 day')`,
      [newId(), id, tenantId],
    );
  }
  await rows(
    `INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
     VALUES ($1, $2, $3, '{pwd}', 5, now() + interval '5 minutes')`,
    [newId(), id, tenantIds[0]],
  );
  await rows(
    `INSERT INTO trusted_devices (id, user_id, address, expires_at) VALUES ($1, $2, '127.0.0.1', now() + interval '1 day')`,
    [newId(), id],
  );
  await core.get(Database).acrossTenants(async (tx) => {
    await core.get(TotpFactorsService).enrol(tx, id);
    await core.get(RecoveryCodesService).replace(tx, id);
    await tx.execute('UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1', [id]);
  });
  return { id, email, tenantIds };
}

const order = { reason: 'Lost phone, seen in person', reference: 'case 4711 / O. Perator' };

it('removes the factor, what depends on it, and every session and pending sign-in', async () => {
  const { id } = await protectedPerson();
  const bystander = await protectedPerson();
  await reset({ userId: id, ...order });
  for (const table of ['totp_factors', 'recovery_codes', 'trusted_devices', 'pending_sign_ins'])
    expect([table, await count(table, id)]).toEqual([table, 0]);
  expect(await count('sessions', id, 'revoked_at IS NULL')).toBe(0);
  expect(await count('sessions', id, `revoked_reason = 'two_factor_reset'`)).toBe(2);
  expect(await count('sessions', bystander.id, 'revoked_at IS NULL')).toBe(2);
  expect(await count('recovery_codes', bystander.id)).toBe(10);
});

it('is audited: for operators with the reason, for each tenant with the reference', async () => {
  const { id, tenantIds } = await protectedPerson();
  await reset({ userId: id, reason: ` ${order.reason}\n`, reference: order.reference });
  const row = { actor_kind: 'operator', actor_id: null, outcome: 'success' };
  expect(await events(id)).toEqual([
    { ...row, tenant_id: null, detail: { ...order, sessions: 2 } },
    ...tenantIds.map((tenantId) => ({ ...row, tenant_id: tenantId, detail: { reference: order.reference } })),
  ]);
});

it.each([{ isVerified: true }, { isVerified: false }])('notifies the user: %j', async (person) => {
  const { id, email } = await protectedPerson(person);
  await reset({ userId: id, ...order });
  const [notice, ...more] = await noticesTo(email);
  expect(more).toEqual([]);
  expect(notice?.text).not.toContain(order.reason);
  expect(notice?.text).not.toContain(order.reference);
});

it('happens once in a parallel burst', async () => {
  const { id, email, tenantIds } = await protectedPerson();
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => reset({ userId: id, ...order })));
  const denials = calls
    .filter((call) => call.status === 'rejected')
    .map(({ reason }) => (reason as { code: string }).code);
  expect(denials).toEqual(Array.from({ length: 19 }, () => 'two_factor_not_enabled'));
  expect(await events(id)).toHaveLength(1 + tenantIds.length);
  expect(await noticesTo(email)).toHaveLength(1);
});

describe('is denied, with nothing changed,', () => {
  const unchanged = async (id: string) => {
    expect(await count('totp_factors', id)).toBe(1);
    expect(await count('sessions', id, 'revoked_at IS NULL')).toBe(2);
    expect(await events(id)).toEqual([]);
  };

  it.each([
    [{ reason: '' }],
    [{ reason: ' \n' }],
    [{ reference: '' }],
    [{ reference: '\t' }],
    [{ reason: 'x'.repeat(501) }],
    [{ reference: 'x'.repeat(501) }],
  ])('without a reason or a reference: %j', async (wrong) => {
    const { id } = await protectedPerson();
    const denied = reset({ userId: id, ...order, ...wrong });
    await expect(denied).rejects.toMatchObject({ code: 'validation_failed' });
    await unchanged(id);
  });

  it.each(['closed', 'leaving'])('for an account that is %s', async (status) => {
    const { id } = await protectedPerson();
    await rows(`UPDATE users SET status = $2, deletion_at = now() + interval '1 day' WHERE id = $1`, [
      id,
      status,
    ]);
    await expect(reset({ userId: id, ...order })).rejects.toMatchObject({ code: 'not_found' });
    await unchanged(id);
  });

  it('for an unknown person', async () => {
    const userId = newId();
    await expect(reset({ userId, ...order })).rejects.toMatchObject({ code: 'not_found' });
    expect(await events(userId)).toEqual([]);
  });

  it('for an enrolment that was never confirmed', async () => {
    const { id } = await protectedPerson();
    await rows('UPDATE totp_factors SET confirmed_at = NULL WHERE user_id = $1', [id]);
    await expect(reset({ userId: id, ...order })).rejects.toMatchObject({
      code: 'two_factor_not_enabled',
    });
    await unchanged(id);
  });
});
