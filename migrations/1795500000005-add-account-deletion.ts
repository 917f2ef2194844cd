import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAccountDeletion1795500000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        -- From then on the account may be erased and cannot be restored
        ADD COLUMN deletion_at timestamptz,
        DROP CONSTRAINT users_status_check,
        ADD CONSTRAINT users_status_check CHECK (status IN ('active', 'leaving', 'closed')),
        -- An account that loses its last identifier while it is being deleted is closed, and erased all the same
        ADD CONSTRAINT users_deletion_at_check CHECK (
          CASE status WHEN 'leaving' THEN deletion_at IS NOT NULL WHEN 'active' THEN deletion_at IS NULL ELSE true END);
      CREATE INDEX users_deletion_at_idx ON users (deletion_at) WHERE deletion_at IS NOT NULL;

      ALTER TABLE memberships
        -- The state that a restoration brings back
        ADD COLUMN status_before_leaving text,
        DROP CONSTRAINT memberships_status_check,
        ADD CONSTRAINT memberships_status_check CHECK (status IN ('active', 'suspended', 'leaving'));

      -- Events about a person, for the export of their data
      CREATE INDEX audit_events_about_idx ON audit_events (target_id, occurred_at DESC);
      -- The absolute expiry never changes, so a refresh does not touch this index
      CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
