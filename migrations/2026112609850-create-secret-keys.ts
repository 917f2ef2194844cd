import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecretKeys2026112609850 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Belongs to no tenant
      CREATE TABLE secret_keys (
        id text CONSTRAINT secret_keys_pkey PRIMARY KEY,
        -- The same keys in every row, encrypted under its SECRET_KEY
        index_keys_encrypted bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now()
      );

      -- Finds what is not encrypted under the current key: a value begins with its version and the id of its key
      CREATE INDEX totp_factors_key_idx ON totp_factors (substring(seed_encrypted FROM 1 FOR 9));

      -- Codes from before this migration are older than anything
      ALTER TABLE recovery_codes ADD COLUMN created_at timestamptz NOT NULL DEFAULT '-infinity';
      ALTER TABLE recovery_codes ALTER COLUMN created_at SET DEFAULT now();

      -- Finished: everything issued before this time has ended
      CREATE TABLE bulk_revocations (
        before timestamptz CONSTRAINT bulk_revocations_pkey PRIMARY KEY,
        completed_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
