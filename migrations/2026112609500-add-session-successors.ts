import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSessionSuccessors2026112609500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions
        -- The token version at which the present refresh tokens began: those of another one are dead
        ADD COLUMN refresh_version integer NOT NULL DEFAULT 0,
        -- Of a pair that was issued and not used yet: its first use makes it the session's, and the older pair is dead
        ADD COLUMN successor_version integer;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
