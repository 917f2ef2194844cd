import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexErasure2026112609821 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Erasing a person, and exporting their data, finds by these what was sent to them
      CREATE INDEX invitations_email_idx ON invitations (email) WHERE email IS NOT NULL;
      CREATE INDEX invitations_phone_idx ON invitations (phone) WHERE phone IS NOT NULL;
      CREATE INDEX one_time_secrets_email_idx ON one_time_secrets ((data ->> 'email')) WHERE data ->> 'email' IS NOT NULL;

      -- Of the foreign key: deleting a team or a tenant
      CREATE INDEX invitation_teams_team_idx ON invitation_teams (tenant_id, team_id);

      -- When a key ended, for the sweep
      CREATE INDEX api_keys_ended_at_idx ON api_keys ((LEAST(revoked_at, expires_at)))
        WHERE LEAST(revoked_at, expires_at) IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
