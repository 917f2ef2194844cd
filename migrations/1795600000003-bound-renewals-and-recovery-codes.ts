import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BoundRenewalsAndRecoveryCodes1795600000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of the contract that knows no refresh token; all others are renewed by theirs, and by nothing else
      ALTER TABLE sessions ADD COLUMN renewable_by_access_token boolean NOT NULL DEFAULT false;

      -- Consecutive, as those of the authenticator itself
      ALTER TABLE totp_factors ADD COLUMN recovery_code_failures integer NOT NULL DEFAULT 0;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
