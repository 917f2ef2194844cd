import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSessionSuccessors2026112609500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions
        -- The token version of the present refresh tokens: those of another version are refused
        ADD COLUMN refresh_version integer NOT NULL DEFAULT 0,
        -- The version of a pair that was issued and not used yet: its first use makes it the session's, and revokes the older pair
        ADD COLUMN successor_version integer;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
