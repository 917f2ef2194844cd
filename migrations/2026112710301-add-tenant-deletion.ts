import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddTenantDeletion2026112710301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenants
        ADD COLUMN deletion_at timestamptz,
        -- A release that does not know the column sees a suspended tenant
        ADD CONSTRAINT tenants_deletion_at_check CHECK (deletion_at IS NULL OR status = 'suspended') NOT VALID;
      ALTER TABLE tenants VALIDATE CONSTRAINT tenants_deletion_at_check;
      CREATE INDEX tenants_deletion_at_idx ON tenants (deletion_at) WHERE deletion_at IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
