import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePeopleAndTenants1795300000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid CONSTRAINT users_pkey PRIMARY KEY,
        email text CONSTRAINT users_email_key UNIQUE,
        email_verified_at timestamptz,
        pending_email text,
        phone text CONSTRAINT users_phone_key UNIQUE,
        phone_verified_at timestamptz,
        first_name text NOT NULL,
        last_name text NOT NULL,
        avatar text,
        status text NOT NULL DEFAULT 'active' CONSTRAINT users_status_check CHECK (status IN ('active', 'closed')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT users_identifier_check CHECK (status = 'closed' OR email IS NOT NULL OR phone IS NOT NULL)
      );

      CREATE TABLE tenants (
        id uuid CONSTRAINT tenants_pkey PRIMARY KEY,
        slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE,
        name text NOT NULL,
        business_type text,
        status text NOT NULL DEFAULT 'active'
          CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE roles (
        id uuid CONSTRAINT roles_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT roles_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        key text NOT NULL,
        name text NOT NULL,
        level smallint NOT NULL CONSTRAINT roles_level_check CHECK (level BETWEEN 0 AND 100),
        permissions jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT roles_tenant_id_id_key UNIQUE (tenant_id, id),
        CONSTRAINT roles_tenant_id_key_key UNIQUE (tenant_id, key)
      );

      CREATE TABLE departments (
        id uuid CONSTRAINT departments_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT departments_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT departments_tenant_id_id_key UNIQUE (tenant_id, id)
      );

      CREATE TABLE teams (
        id uuid CONSTRAINT teams_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT teams_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT teams_tenant_id_id_key UNIQUE (tenant_id, id)
      );

      CREATE TABLE memberships (
        id uuid CONSTRAINT memberships_pkey PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT memberships_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        user_id uuid NOT NULL CONSTRAINT memberships_user_id_fkey REFERENCES users ON DELETE CASCADE,
        role_id uuid NOT NULL,
        department_id uuid,
        status text NOT NULL DEFAULT 'active'
          CONSTRAINT memberships_status_check CHECK (status IN ('active', 'suspended')),
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT memberships_tenant_id_id_key UNIQUE (tenant_id, id),
        CONSTRAINT memberships_tenant_id_user_id_key UNIQUE (tenant_id, user_id),
        CONSTRAINT memberships_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
        CONSTRAINT memberships_department_fkey
          FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
      );
      CREATE INDEX memberships_user_id_idx ON memberships (user_id);

      CREATE TABLE team_members (
        tenant_id uuid NOT NULL,
        team_id uuid NOT NULL,
        membership_id uuid NOT NULL,
        CONSTRAINT team_members_pkey PRIMARY KEY (membership_id, team_id),
        CONSTRAINT team_members_team_fkey
          FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT team_members_membership_fkey
          FOREIGN KEY (tenant_id, membership_id) REFERENCES memberships (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX team_members_team_id_idx ON team_members (team_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
