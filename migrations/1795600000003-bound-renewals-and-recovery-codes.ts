import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BoundRenewalsAndRecoveryCodes1795600000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For sessions of the contract without refresh tokens; all others are renewed by their refresh token alone
      ALTER TABLE sessions ADD COLUMN renewable_by_access_token boolean NOT NULL DEFAULT false;

      -- Consecutive failures, as for the authenticator itself
      ALTER TABLE totp_factors ADD COLUMN recovery_code_failures integer NOT NULL DEFAULT 0;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
