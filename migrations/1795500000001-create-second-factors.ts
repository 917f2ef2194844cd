import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecondFactors1795500000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE totp_factors (
        user_id uuid CONSTRAINT totp_factors_pkey PRIMARY KEY
          CONSTRAINT totp_factors_user_id_fkey REFERENCES users ON DELETE CASCADE,
        seed_encrypted bytea NOT NULL,
        -- Null while enrolling: such a factor does not require a code yet
        confirmed_at timestamptz,
        -- RFC 6238 §5.2: no step at or below this one is accepted again
        last_step bigint NOT NULL DEFAULT 0,
        -- NIST SP 800-63B-4 §3.2.2: at 100 consecutive failures the authenticator is off until recovered
        consecutive_failures integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE recovery_codes (
        id uuid CONSTRAINT recovery_codes_pkey PRIMARY KEY,
        user_id uuid NOT NULL
          CONSTRAINT recovery_codes_user_id_fkey REFERENCES totp_factors ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        used_at timestamptz,
        CONSTRAINT recovery_codes_user_id_code_hash_key UNIQUE (user_id, code_hash)
      );

      -- Between the first factor and the second; the temp token is a one-time secret whose subject is this row
      CREATE TABLE pending_sign_ins (
        id uuid CONSTRAINT pending_sign_ins_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT pending_sign_ins_user_id_fkey REFERENCES users ON DELETE CASCADE,
        tenant_id uuid,
        methods text[] NOT NULL,
        attempts_left smallint NOT NULL
          CONSTRAINT pending_sign_ins_attempts_left_check CHECK (attempts_left >= 0),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        -- Deleting a membership deletes this row, whatever statement deletes it
        CONSTRAINT pending_sign_ins_membership_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX pending_sign_ins_user_id_idx ON pending_sign_ins (user_id);
      CREATE INDEX pending_sign_ins_expires_at_idx ON pending_sign_ins (expires_at);

      -- The device's token is a secret whose subject is this row
      CREATE TABLE trusted_devices (
        id uuid CONSTRAINT trusted_devices_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT trusted_devices_user_id_fkey REFERENCES users ON DELETE CASCADE,
        user_agent text,
        address text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX trusted_devices_user_id_idx ON trusted_devices (user_id, created_at);
      CREATE INDEX trusted_devices_expires_at_idx ON trusted_devices (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
