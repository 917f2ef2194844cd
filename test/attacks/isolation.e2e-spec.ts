import { randomUUID } from 'node:crypto';
import type { Account } from '../support/given.js';
import { openAsServer } from '../support/open-as-server.js';
import { useSharedApp } from '../support/test-app.js';

const OF_A_KEY = '(SELECT k.tenant_id FROM api_keys k WHERE k.id = key_id)';

const OF_AN_ACCOUNT = '(SELECT a.tenant_id FROM service_accounts a WHERE a.id = account_id)';

/** Every table with rows of tenants, and the column that holds the tenant. */
const OWNED: Record<string, string> = {
  tenants: 'id',
  roles: 'tenant_id',
  departments: 'tenant_id',
  teams: 'tenant_id',
  team_members: 'tenant_id',
  memberships: 'tenant_id',
  sessions: 'tenant_id',
  pending_sign_ins: 'tenant_id',
  invitations: 'tenant_id',
  invitation_teams: 'tenant_id',
  audit_events: 'tenant_id',
  api_keys: 'tenant_id',
  api_key_secrets: OF_A_KEY,
  api_key_usage: OF_A_KEY,
  idempotency_records: 'tenant_id',
  service_accounts: 'tenant_id',
  service_account_secrets: OF_AN_ACCOUNT,
  client_assertions: OF_AN_ACCOUNT,
};

/** Every other table, and why its rows belong to no tenant. */
const OF_NO_TENANT: Record<string, string> = {
  schema_migrations: 'the names of what was applied',
  secret_keys: 'the server’s own',
  bulk_revocations: 'what an operator has ended, of everybody',
  signing_keys: 'the server’s own',
  attempts: 'counts of guesses, under hashes of account and address',
  users: 'a person belongs to many tenants',
  avatars: 'a person’s',
  password_credentials: 'a person’s',
  totp_factors: 'a person’s',
  recovery_codes: 'a person’s',
  trusted_devices: 'a person’s',
  otp_challenges: 'for an identifier, before its account is known',
  one_time_secrets: 'found by the hash of a secret alone, which says whose it is',
  messages: 'the outbox: sealed, and each to one recipient',
  email_changes: 'a person’s',
  next_signing_keys: 'the server’s own',
  operators: 'in no tenant',
  operator_sessions: 'an operator’s, who is in no tenant',
  sms_alerts: 'when an operator was warned of a budget',
  unconfirmed_notices: 'a person’s',
  sms_spending: 'counts by interval; one code counts for its tenant, its country and the server at once',
};

describe('the rows of a tenant', () => {
  const t = useSharedApp();
  const tenants: Account[] = [];
  const tables = Object.entries(OWNED).map(([name, column]) => ({ name, column }));

  /** Rows of one statement, run with the server's role, in the scope of one tenant or of all. */
  const inScope = async (tenantId: string, sql: string, values: unknown[] = []) => {
    await t.database.query('BEGIN');
    try {
      await t.database.query(`SELECT set_config('gatehouse.tenant', $1, true)`, [tenantId]);
      await t.database.query('SET LOCAL ROLE gatehouse_app');
      return await t.database.query(sql, values);
    } finally {
      await t.database.query('ROLLBACK');
    }
  };

  /** At least one row in every table, created as the server itself would, and none that its sweep removes meanwhile. */
  const fill = async ({ tenant, user }: Account) => {
    const [department, team, key, pending] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await t.database.query(
      `WITH m AS (SELECT id FROM memberships WHERE tenant_id = $1),
            r AS (SELECT id FROM roles WHERE tenant_id = $1 LIMIT 1),
            d AS (INSERT INTO departments (id, tenant_id, name) VALUES ($3, $1, 'Sales')),
            tm AS (INSERT INTO teams (id, tenant_id, name) VALUES ($4, $1, 'North') RETURNING id),
            k AS (INSERT INTO api_keys (id, tenant_id, user_id, name, scopes) VALUES ($5, $1, $2, 'Key', '{}')
                  RETURNING id),
            p AS (INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
                  VALUES ($6, $2, $1, '{pwd}', 5, now())),
            i AS (INSERT INTO invitations (id, tenant_id, email, role_id, invited_by, expires_at)
                  SELECT $7, $1, 'somebody@example.com', r.id, $2, now() FROM r RETURNING id),
            s AS (INSERT INTO api_key_secrets (hash, key_id, prefix, last_four)
                  SELECT sha256($5::text::bytea), k.id, 'sk_live_abc', 'wxyz' FROM k),
            u AS (INSERT INTO api_key_usage (key_id, day, requests) SELECT k.id, current_date, 1 FROM k),
            h AS (INSERT INTO idempotency_records (id, caller_hash, tenant_id, user_id, fingerprint, claim, expires_at)
                  SELECT sha256($3::text::bytea), sha256($4::text::bytea), $1, $2, '', $5, now() + '1 hour'),
            sa AS (INSERT INTO service_accounts (id, tenant_id, product, name, scopes)
                   VALUES ($5, $1, 'primary', 'Service', '{}') RETURNING id),
            sas AS (INSERT INTO service_account_secrets (hash, account_id, last_four)
                    SELECT sha256($5::text::bytea), sa.id, 'wxyz' FROM sa),
            ca AS (INSERT INTO client_assertions (id, account_id, expires_at)
                   SELECT sha256($5::text::bytea), sa.id, now() FROM sa),
            it AS (INSERT INTO invitation_teams (tenant_id, invitation_id, team_id) SELECT $1, i.id, tm.id FROM i, tm)
       INSERT INTO team_members (tenant_id, team_id, membership_id) SELECT $1, tm.id, m.id FROM tm, m`,
      [tenant.id, user.id, department, team, key, pending, randomUUID()],
    );
  };

  beforeAll(async () => {
    tenants.push(await t.given.tenant(), await t.given.tenant());
    for (const tenant of tenants) await fill(tenant);
  });

  it('are in tables that this suite lists, as is every other table', async () => {
    const all = await t.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY name`,
    );
    const known = [...Object.keys(OWNED), ...Object.keys(OF_NO_TENANT)];
    expect(all.map(({ name }) => name)).toEqual(known.sort());
    const named = await t.database.query<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
    );
    expect(named.filter(({ name }) => OWNED[name] !== 'tenant_id')).toEqual([]);
  });

  it('are under row-level security in every table that has any, also for its owner', async () => {
    const open = await t.database.query(
      `SELECT relname FROM pg_class WHERE relname = ANY($1) AND NOT (relrowsecurity AND relforcerowsecurity)`,
      [tables.map(({ name }) => name)],
    );
    expect(open).toEqual([]);
  });

  it('are all that a query without any condition returns in its scope', async () => {
    for (const { tenant } of tenants) {
      for (const { name, column } of tables) {
        const owners = await inScope(tenant.id, `SELECT DISTINCT ${column} AS owner FROM ${name}`);
        expect([name, owners]).toEqual([name, [{ owner: tenant.id }]]);
      }
    }
  });

  it.each([
    ['its own role', false],
    ['the owner of the tables', true],
  ])('are invisible to a connection of the server, as %s, that opened no scope', async (_, asOwner) => {
    const server = await openAsServer(t.database, { asOwner });
    try {
      const [is] = await server.dataSource.query<{ role: string }[]>('SELECT current_user AS role');
      expect(is?.role).toMatch(asOwner ? /^owner_/ : /^gatehouse_app$/);
      for (const { name } of tables) {
        const count = `SELECT count(*)::int AS count FROM ${name}`;
        expect([name, await server.dataSource.query(count)]).toEqual([name, [{ count: 0 }]]);
        expect([name, await server.acrossTenants.query(count)]).not.toEqual([name, [{ count: 0 }]]);
      }
    } finally {
      await server.close();
    }
  });

  it('refer only to rows of the same tenant', async () => {
    // The columns of both ends are in the same order
    const open = await t.database.query(
      `SELECT c.conname AS name FROM pg_constraint c
       JOIN pg_attribute own ON own.attrelid = c.conrelid AND own.attname = 'tenant_id'
       JOIN pg_attribute other ON other.attrelid = c.confrelid AND other.attname = 'tenant_id'
       WHERE c.contype = 'f' AND array_position(c.conkey, own.attnum) IS DISTINCT FROM
         COALESCE(array_position(c.confkey, other.attnum), 0)`,
    );
    expect(open).toEqual([]);
  });

  it('cannot be changed, deleted or inserted from another scope', async () => {
    const [mine, theirs] = tenants.map(({ tenant }) => tenant.id);
    const change = `UPDATE roles SET name = 'Mine' WHERE tenant_id = $1 RETURNING 1`;
    expect(await inScope(mine ?? '', change, [theirs])).toEqual([]);
    expect(await inScope(mine ?? '', change, [mine])).not.toEqual([]);
    const take = `UPDATE teams SET tenant_id = $1 RETURNING 1`;
    await expect(inScope(mine ?? '', take, [theirs])).rejects.toThrow('row-level security');
    const add = `INSERT INTO teams (id, tenant_id, name) VALUES (gen_random_uuid(), $1, 'Spies')`;
    await expect(inScope(mine ?? '', add, [theirs])).rejects.toThrow('row-level security');
    expect(
      await inScope(mine ?? '', `DELETE FROM departments WHERE tenant_id = $1 RETURNING 1`, [theirs]),
    ).toEqual([]);
  });

  it.each([
    [
      'a membership',
      'role',
      `UPDATE memberships SET role_id = (SELECT id FROM roles WHERE tenant_id = $2 LIMIT 1)`,
    ],
    [
      'a membership',
      'department',
      `UPDATE memberships SET department_id = (SELECT id FROM departments WHERE tenant_id = $2)`,
    ],
    [
      'a team',
      'member',
      `UPDATE team_members SET membership_id = (SELECT id FROM memberships WHERE tenant_id = $2)`,
    ],
    [
      'an invitation',
      'role',
      `UPDATE invitations SET role_id = (SELECT id FROM roles WHERE tenant_id = $2 LIMIT 1)`,
    ],
    [
      'a key',
      'owner',
      `UPDATE api_keys SET user_id = (SELECT user_id FROM memberships WHERE tenant_id = $2)`,
    ],
    [
      'a session',
      'person',
      `UPDATE sessions SET user_id = (SELECT user_id FROM memberships WHERE tenant_id = $2)`,
    ],
  ])('cannot refer to another tenant: %s to its %s', async (_, _target, sql) => {
    const [mine, theirs] = tenants.map(({ tenant }) => tenant.id);
    await expect(inScope('*', `${sql} WHERE tenant_id = $1`, [mine, theirs])).rejects.toThrow('foreign key');
  });

  it('are read with a role that can neither bypass this nor disable it', async () => {
    const [role] = await t.database.query(
      `SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'gatehouse_app'`,
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcanlogin: false });
    await expect(inScope('*', 'ALTER TABLE roles DISABLE ROW LEVEL SECURITY')).rejects.toThrow(
      'must be owner',
    );
    await expect(inScope('*', 'DROP POLICY roles_tenant_policy ON roles')).rejects.toThrow('must be owner');
  });

  it('are read by the server with that role, too', async () => {
    const [account] = tenants;
    if (!account) throw new Error('There is no account');
    const status = async () => (await account.client.get('/auth/me')).status;
    expect(await status()).toBe(200);
    await t.database.query('REVOKE SELECT ON roles FROM gatehouse_app');
    try {
      expect(await status()).toBe(500);
    } finally {
      await t.database.query('GRANT SELECT ON roles TO gatehouse_app');
    }
    expect(await status()).toBe(200);
  });
});

describe('the audit trail', () => {
  const t = useSharedApp();

  it.each([
    ['changed', `UPDATE audit_events SET action = 'nothing.happened'`],
    ['deleted', 'DELETE FROM audit_events'],
    ['emptied', 'TRUNCATE audit_events'],
  ])('cannot be %s by the server', async (_, sql) => {
    await t.given.tenant();
    await t.database.query('BEGIN');
    await t.database.query('SET LOCAL ROLE gatehouse_app');
    await expect(t.database.query(sql)).rejects.toThrow('permission denied for table audit_events');
    await t.database.query('ROLLBACK');
  });
});
