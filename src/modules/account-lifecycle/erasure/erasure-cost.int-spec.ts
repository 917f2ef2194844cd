import { useCore } from '../../../../test/support/core.js';
import { Database } from '../../../database/database.js';
import type { PeopleTransaction } from '../../../database/transaction.js';
import { AccountLifecycleModule } from '../account-lifecycle.module.js';
import { ErasureService } from './erasure.service.js';

const core = useCore([AccountLifecycleModule]);

/** Of each table, and so many that reading all of them shows. */
const ROWS = 2_000;
const MANY = `generate_series(1, ${ROWS}) AS n`;
/** More than the rows that refer to one person here. */
const FEW = 40;

/** Of `n`, the same in every table. */
const idOf = (table: string) => `md5('${table}' || n)::uuid`;

/** What other people have, and the person, who is the one with number 1, too. */
const FILL = [
  `INSERT INTO users (id, email, email_verified_at, phone, first_name, last_name, avatar)
   SELECT ${idOf('user')}, n || '@example.com', now(), '+49151' || (1000000 + n), 'A', 'B', n || '.jpg' FROM ${MANY}`,
  `INSERT INTO avatars (user_id, name, image) SELECT ${idOf('user')}, n || '.jpg', 'x' FROM ${MANY}`,
  `INSERT INTO tenants (id, slug, name) SELECT ${idOf('tenant')}, 't' || n, 'T' FROM ${MANY}`,
  `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
   SELECT ${idOf('role')}, ${idOf('tenant')}, 'admin', 'A', 100, '{}' FROM ${MANY}`,
  `INSERT INTO departments (id, tenant_id, name) SELECT ${idOf('department')}, ${idOf('tenant')}, 'D' FROM ${MANY}`,
  `INSERT INTO teams (id, tenant_id, name) SELECT ${idOf('team')}, ${idOf('tenant')}, 'T' FROM ${MANY}`,
  `INSERT INTO memberships (id, tenant_id, user_id, role_id, department_id)
   SELECT ${idOf('membership')}, ${idOf('tenant')}, ${idOf('user')}, ${idOf('role')}, ${idOf('department')} FROM ${MANY}`,
  `INSERT INTO team_members (tenant_id, team_id, membership_id)
   SELECT ${idOf('tenant')}, ${idOf('team')}, ${idOf('membership')} FROM ${MANY}`,
  `INSERT INTO invitations (id, tenant_id, email, role_id, department_id, invited_by, accepted_by, accepted_at, expires_at)
   SELECT ${idOf('invitation')}, ${idOf('tenant')}, n || '@example.com', ${idOf('role')}, ${idOf('department')},
     ${idOf('user')}, ${idOf('user')}, now(), now() FROM ${MANY}`,
  `INSERT INTO invitation_teams (tenant_id, invitation_id, team_id)
   SELECT ${idOf('tenant')}, ${idOf('invitation')}, ${idOf('team')} FROM ${MANY}`,
  `INSERT INTO email_changes (id, user_id, held_since, came_by_change, new_email, expires_at)
   SELECT ${idOf('change')}, ${idOf('user')}, now(), false, 'x', now() FROM ${MANY}`,
  ...['user', 'invitation', 'change', 'stranger'].map(
    (subject) => `
      INSERT INTO one_time_secrets (id, purpose, hash, subject_id, data, expires_at)
      SELECT gen_random_uuid(), 'password-reset', decode(md5('${subject}' || n), 'hex'), ${idOf(subject)},
        jsonb_build_object('email', n || '@example.com'), now() FROM ${MANY}`,
  ),
  `INSERT INTO sessions (id, user_id, tenant_id, methods, address, idle_expires_at, expires_at)
   SELECT gen_random_uuid(), ${idOf('user')}, ${idOf('tenant')}, '{pwd}', '::1', now(), now() FROM ${MANY}`,
  `INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
   SELECT gen_random_uuid(), ${idOf('user')}, ${idOf('tenant')}, '{pwd}', 5, now() FROM ${MANY}`,
  `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes)
   SELECT ${idOf('key')}, ${idOf('tenant')}, ${idOf('user')}, 'K', '{}' FROM ${MANY}`,
  `INSERT INTO api_key_secrets (hash, key_id, prefix, last_four)
   SELECT decode(md5('key' || n), 'hex'), ${idOf('key')}, 'abc', 'wxyz' FROM ${MANY}`,
  `INSERT INTO api_key_usage (key_id, day, requests) SELECT ${idOf('key')}, current_date, 1 FROM ${MANY}`,
  `INSERT INTO password_credentials (user_id, hash) SELECT ${idOf('user')}, 'x' FROM ${MANY}`,
  `INSERT INTO totp_factors (user_id, seed_encrypted) SELECT ${idOf('user')}, 'x' FROM ${MANY}`,
  `INSERT INTO recovery_codes (id, user_id, code_hash) SELECT gen_random_uuid(), ${idOf('user')}, 'x' FROM ${MANY}`,
  `INSERT INTO trusted_devices (id, user_id, address, expires_at)
   SELECT gen_random_uuid(), ${idOf('user')}, '::1', now() FROM ${MANY}`,
  `UPDATE users SET status = 'leaving', deletion_at = now() WHERE id = (SELECT ${idOf('user')} FROM (VALUES (1)) AS one (n))`,
  'ANALYZE',
];

/** Rows that this transaction read, by table. Foreign keys count, too. */
const READ_ROWS = `
  SELECT relname AS name, seq_tup_read::int + idx_tup_fetch::int AS rows FROM pg_stat_xact_user_tables
  WHERE seq_tup_read + idx_tup_fetch > 0`;

beforeAll(async () => {
  for (const statement of FILL) await core.query(statement);
});

it('reads the rows of the person and of no other, in every table', async () => {
  const [{ id } = { id: '' }] = await core.query<{ id: string }>(
    `SELECT id FROM users WHERE status = 'leaving'`,
  );
  const erase = (tx: PeopleTransaction) => core.get(ErasureService)['erase'](tx, id);
  const read = await core.get(Database).acrossTenants(async (tx) => {
    expect(await erase(tx)).toBe(true);
    return tx.many<{ name: string; rows: number }>(READ_ROWS);
  });

  expect(read.length).toBeGreaterThan(10);
  expect(read.filter(({ rows }) => rows > FEW)).toEqual([]);
  const left = await core.query(`SELECT id FROM users WHERE id = $1`, [id]);
  expect(left).toEqual([]);
  const links = await core.query(`SELECT FROM one_time_secrets WHERE data ->> 'email' = '1@example.com'`);
  expect(links).toEqual([]);
});

it('finds the API keys that ended long ago by an index', async () => {
  const plan = await core.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM api_keys WHERE LEAST(revoked_at, expires_at) < now() - interval '90 days' LIMIT 1000`,
  );
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('api_keys_ended_at_idx');
});
