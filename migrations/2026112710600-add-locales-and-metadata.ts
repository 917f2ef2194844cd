import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddLocalesAndMetadata2026112710600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        ADD COLUMN locale text,
        ADD COLUMN time_zone text,
        ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE memberships ADD COLUMN private_metadata jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE tenants
        ADD COLUMN locale text,
        ADD COLUMN time_zone text,
        ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN private_metadata jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN product text;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
