import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of a tenant, and the column that holds the tenant. Rows without a tenant belong to a person alone. */
const OWNED = {
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
  api_keys: 'tenant_id',
  audit_events: 'tenant_id',
};

/** Tables whose rows belong to an API key, and through it to a tenant. */
const OF_KEYS = ['api_key_secrets', 'api_key_usage'];

/**
 * `gatehouse.tenant` is the tenant scope of a transaction; `*` is for work on people, who belong to many tenants. Where
 * it is not set, no row is visible.
 */
export class IsolateTenants1795600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column] of Object.entries(OWNED)) {
      await isolate(runner, table, `current_setting('gatehouse.tenant', true) IN ('*', ${column}::text)`);
    }
    for (const table of OF_KEYS) {
      const ofVisibleKey = `EXISTS (SELECT 1 FROM api_keys k WHERE k.id = ${table}.key_id)`;
      await isolate(runner, table, `current_setting('gatehouse.tenant', true) = '*' OR ${ofVisibleKey}`);
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

async function isolate(runner: QueryRunner, table: string, condition: string): Promise<void> {
  await runner.query(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY ${table}_tenant_policy ON ${table} USING (${condition});
  `);
}
