import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NestDepartments1795500000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE departments
        ADD COLUMN parent_id uuid,
        -- Adds its permissions to those of every member of the department
        ADD COLUMN role_id uuid,
        ADD CONSTRAINT departments_parent_id_check CHECK (parent_id <> id),
        ADD CONSTRAINT departments_parent_fkey
          FOREIGN KEY (tenant_id, parent_id) REFERENCES departments (tenant_id, id),
        -- Deleting a role leaves the department with fewer permissions, never with different ones
        ADD CONSTRAINT departments_role_fkey
          FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE SET NULL (role_id);
      CREATE UNIQUE INDEX departments_name_key
        ON departments (tenant_id, parent_id, lower(name)) NULLS NOT DISTINCT;
      CREATE INDEX departments_role_idx ON departments (tenant_id, role_id);

      CREATE UNIQUE INDEX teams_name_key ON teams (tenant_id, lower(name));

      CREATE INDEX memberships_department_idx ON memberships (tenant_id, department_id, id);
      CREATE INDEX invitations_department_idx ON invitations (tenant_id, department_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
