import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ListTeamsInOrder2026112710001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- With the tenant, which row-level security compares, a page of a team comes from the index alone and in its order.
      -- Without it PostgreSQL reads and sorts the whole team
      DROP INDEX IF EXISTS team_members_team_id_idx;
      CREATE INDEX team_members_team_idx ON team_members (tenant_id, team_id, membership_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
