import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPoliciesAndAssignedAgents1795500000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenants
        ADD COLUMN require_two_factor boolean NOT NULL DEFAULT false,
        ADD COLUMN allow_trusted_devices boolean NOT NULL DEFAULT false,
        ADD COLUMN allow_keys_without_expiry boolean NOT NULL DEFAULT false,
        -- Null: the server's setting applies
        ADD COLUMN session_lifetime_seconds integer
          CONSTRAINT tenants_session_lifetime_seconds_check CHECK (session_lifetime_seconds >= 300),
        -- Empty: any domain may be invited
        ADD COLUMN invitation_domains text[] NOT NULL DEFAULT '{}',
        -- Null: the server's setting applies
        ADD COLUMN sms_daily_budget integer
          CONSTRAINT tenants_sms_daily_budget_check CHECK (sms_daily_budget >= 0);

      ALTER TABLE memberships
        -- A product's names for the agents assigned to a member
        ADD COLUMN assigned_agents text[] NOT NULL DEFAULT '{}';
      CREATE INDEX memberships_role_idx ON memberships (tenant_id, role_id);

      -- A role can be deleted once nothing open refers to it; rows that are over lose their reference
      ALTER TABLE invitations
        ALTER COLUMN role_id DROP NOT NULL,
        ADD CONSTRAINT invitations_role_check
          CHECK (role_id IS NOT NULL OR accepted_at IS NOT NULL OR revoked_at IS NOT NULL),
        DROP CONSTRAINT invitations_role_fkey,
        ADD CONSTRAINT invitations_role_fkey
          FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE SET NULL (role_id);
      CREATE INDEX invitations_role_idx ON invitations (tenant_id, role_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
