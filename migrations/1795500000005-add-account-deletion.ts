import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAccountDeletion1795500000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        -- From then on the account is erased and nothing brings it back
        ADD COLUMN deletion_at timestamptz,
        DROP CONSTRAINT users_status_check,
        ADD CONSTRAINT users_status_check CHECK (status IN ('active', 'leaving', 'closed')),
        -- One that lost its last identifier on its way out is closed, and erased all the same
        ADD CONSTRAINT users_deletion_at_check CHECK (
          CASE status WHEN 'leaving' THEN deletion_at IS NOT NULL WHEN 'active' THEN deletion_at IS NULL ELSE true END);
      CREATE INDEX users_deletion_at_idx ON users (deletion_at) WHERE deletion_at IS NOT NULL;

      ALTER TABLE memberships
        -- What a person's way back brings back
        ADD COLUMN status_before_leaving text,
        DROP CONSTRAINT memberships_status_check,
        ADD CONSTRAINT memberships_status_check CHECK (status IN ('active', 'suspended', 'leaving'));

      -- What was done to a person, for the archive of what is held about them
      CREATE INDEX audit_events_about_idx ON audit_events (target_id, occurred_at DESC);
      -- The absolute end never moves, so a refresh does not touch this index
      CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
