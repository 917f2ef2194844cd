import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCredentialsAndSessions1795300000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE password_credentials (
        user_id uuid CONSTRAINT password_credentials_pkey PRIMARY KEY
          CONSTRAINT password_credentials_user_id_fkey REFERENCES users ON DELETE CASCADE,
        hash text NOT NULL,
        -- NIST SP 800-63B-4 §3.2.2: at 100 consecutive failures the authenticator is off until recovered
        consecutive_failures integer NOT NULL DEFAULT 0,
        changed_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE sessions (
        id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users ON DELETE CASCADE,
        tenant_id uuid,
        -- The refresh token of this generation is the valid one; nothing of it is stored
        generation integer NOT NULL DEFAULT 0,
        rotated_at timestamptz,
        -- Access tokens of another version are refused
        token_version integer NOT NULL DEFAULT 0,
        methods text[] NOT NULL,
        authenticated_at timestamptz NOT NULL DEFAULT now(),
        user_agent text,
        address text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_reason text,
        -- Deleting a membership deletes its sessions, whatever statement deletes it
        CONSTRAINT sessions_membership_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_user_id_idx ON sessions (user_id, created_at);
      CREATE INDEX sessions_tenant_id_idx ON sessions (tenant_id, user_id);

      CREATE TABLE signing_keys (
        id text CONSTRAINT signing_keys_pkey PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        private_encrypted bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz
      );

      CREATE TABLE one_time_secrets (
        id uuid CONSTRAINT one_time_secrets_pkey PRIMARY KEY,
        purpose text NOT NULL,
        hash bytea NOT NULL,
        subject_id uuid NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT one_time_secrets_purpose_hash_key UNIQUE (purpose, hash)
      );
      CREATE INDEX one_time_secrets_subject_idx ON one_time_secrets (subject_id, purpose);
      CREATE INDEX one_time_secrets_expires_at_idx ON one_time_secrets (expires_at);

      CREATE TABLE attempts (
        key bytea CONSTRAINT attempts_pkey PRIMARY KEY,
        failures integer NOT NULL,
        window_started_at timestamptz NOT NULL,
        blocked_until timestamptz,
        updated_at timestamptz NOT NULL
      );
      CREATE INDEX attempts_updated_at_idx ON attempts (updated_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
