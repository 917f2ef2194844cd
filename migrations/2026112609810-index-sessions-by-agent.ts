import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexSessionsByAgent2026112609810 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whether a person has signed in with this user agent before, however many sessions they have had
      CREATE INDEX sessions_user_agent_idx ON sessions (user_id, user_agent);
      -- The sessions that may be live: the limit of a person leaves few of them, whatever their history
      CREATE INDEX sessions_not_revoked_idx ON sessions (user_id, created_at, id) WHERE revoked_at IS NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
