import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of browsers whose refresh token is in a cookie, which no script reads. */
export class KeepRefreshTokensInCookies2026112730400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sessions ADD COLUMN in_cookie boolean NOT NULL DEFAULT false');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
