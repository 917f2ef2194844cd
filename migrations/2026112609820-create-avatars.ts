import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAvatars2026112609820 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Belongs to a person, not to a tenant
      CREATE TABLE avatars (
        user_id uuid CONSTRAINT avatars_pkey PRIMARY KEY
          CONSTRAINT avatars_user_id_fkey REFERENCES users ON DELETE CASCADE,
        -- As in users.avatar; random and never used again, so that clients may cache the picture for ever
        name text NOT NULL CONSTRAINT avatars_name_key UNIQUE,
        image bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      -- A JPEG does not shrink further
      ALTER TABLE avatars ALTER COLUMN image SET STORAGE EXTERNAL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
