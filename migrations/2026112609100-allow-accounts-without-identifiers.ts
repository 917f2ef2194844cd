import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AllowAccountsWithoutIdentifiers2026112609100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- An account loses a claimed identifier to the person who verifies it, and is not closed by that
      ALTER TABLE users DROP CONSTRAINT users_identifier_check;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
