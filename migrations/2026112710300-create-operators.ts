import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Neither table belongs to a tenant. */
export class CreateOperators2026112710300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operators (
        id uuid CONSTRAINT operators_pkey PRIMARY KEY,
        email text NOT NULL CONSTRAINT operators_email_key UNIQUE,
        allowed_addresses cidr[] NOT NULL
          CONSTRAINT operators_allowed_addresses_check CHECK (cardinality(allowed_addresses) > 0),
        disabled_at timestamptz,
        password_hash text,
        seed_encrypted bytea NOT NULL,
        -- Until then the enrolment discloses the seed
        seed_confirmed_at timestamptz,
        last_step bigint NOT NULL DEFAULT 0,
        -- Set while a password or a second factor is to be set
        enrolment_hash bytea CONSTRAINT operators_enrolment_hash_key UNIQUE,
        enrolment_expires_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT operators_enrolment_check CHECK ((enrolment_hash IS NULL) = (enrolment_expires_at IS NULL))
      );
      CREATE INDEX operators_key_idx ON operators (substring(seed_encrypted FROM 1 FOR 9));

      CREATE TABLE operator_sessions (
        id uuid CONSTRAINT operator_sessions_pkey PRIMARY KEY,
        operator_id uuid NOT NULL
          CONSTRAINT operator_sessions_operator_id_fkey REFERENCES operators ON DELETE CASCADE,
        token_hash bytea NOT NULL CONSTRAINT operator_sessions_token_hash_key UNIQUE,
        address text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        ended_at timestamptz
      );
      CREATE INDEX operator_sessions_operator_id_idx ON operator_sessions (operator_id);
      CREATE INDEX operator_sessions_expires_at_idx ON operator_sessions (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
