import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdempotencyRecords2026112609930 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_records (
        id bytea CONSTRAINT idempotency_records_pkey PRIMARY KEY,
        caller_hash bytea NOT NULL CONSTRAINT idempotency_records_caller_hash_key UNIQUE,
        tenant_id uuid CONSTRAINT idempotency_records_tenant_id_fkey REFERENCES tenants ON DELETE CASCADE,
        user_id uuid CONSTRAINT idempotency_records_user_id_fkey REFERENCES users ON DELETE CASCADE,
        fingerprint bytea NOT NULL,
        claim uuid NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        answer_encrypted bytea,
        -- No foreign keys: an answer whose session or key is gone is kept, so that the request does not run again
        session_id uuid,
        api_key_secret bytea
      );
      CREATE INDEX idempotency_records_expires_at_idx ON idempotency_records (expires_at);
      CREATE INDEX idempotency_records_tenant_id_idx ON idempotency_records (tenant_id);
      CREATE INDEX idempotency_records_user_id_idx ON idempotency_records (user_id);

      ALTER TABLE idempotency_records ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY idempotency_records_tenant_policy ON idempotency_records
        USING (current_setting('gatehouse.tenant', true) IN ('*', tenant_id::text));
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
