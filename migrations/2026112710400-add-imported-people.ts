import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddImportedPeople2026112710400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD external_id text;
      CREATE UNIQUE INDEX users_external_id_key ON users (external_id) WHERE external_id IS NOT NULL;

      ALTER TABLE tenants ADD external_id text;
      CREATE UNIQUE INDEX tenants_external_id_key ON tenants (external_id) WHERE external_id IS NOT NULL;

      ALTER TABLE password_credentials ADD imported_encrypted bytea, ADD imported_profile text,
        ADD CONSTRAINT password_credentials_imported_check
          CHECK ((imported_encrypted IS NULL) = (imported_profile IS NULL));
      CREATE INDEX password_credentials_imported_profile_idx ON password_credentials (imported_profile, user_id)
        WHERE imported_profile IS NOT NULL;
      CREATE INDEX password_credentials_imported_key_idx
        ON password_credentials (substring(imported_encrypted FROM 1 FOR 9)) WHERE imported_profile IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
