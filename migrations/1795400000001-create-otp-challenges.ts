import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOtpChallenges1795400000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE otp_challenges (
        id uuid CONSTRAINT otp_challenges_pkey PRIMARY KEY,
        purpose text NOT NULL
          CONSTRAINT otp_challenges_purpose_check CHECK (purpose IN ('sign-in', 'password-reset')),
        identifier_hash bytea NOT NULL,
        code_hash bytea NOT NULL,
        attempts_left smallint NOT NULL
          CONSTRAINT otp_challenges_attempts_left_check CHECK (attempts_left >= 0),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        -- One row for each: a new code replaces the old one
        CONSTRAINT otp_challenges_purpose_identifier_hash_key UNIQUE (purpose, identifier_hash)
      );
      CREATE INDEX otp_challenges_expires_at_idx ON otp_challenges (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
