import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OpenChallengesWithoutCode2026112609200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null where a recovery was requested and no code was sent: no guess at it is right, and each is counted
      ALTER TABLE otp_challenges ALTER COLUMN code_hash DROP NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
