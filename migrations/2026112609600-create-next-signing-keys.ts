import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNextSigningKeys2026112609600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Published, and not signing yet: it moves to signing_keys when the key there is retired or removed
      CREATE TABLE next_signing_keys (
        id text CONSTRAINT next_signing_keys_pkey PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        private_encrypted bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
