import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ListDepartmentsInOrder2026112731301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Few departments have a role. With those that have none, PostgreSQL took this smaller index for lists, and read and
      -- sorted all departments of the tenant for one page
      DROP INDEX departments_role_idx;
      CREATE INDEX departments_role_idx ON departments (tenant_id, role_id) WHERE role_id IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
