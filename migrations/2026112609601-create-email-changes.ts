import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEmailChanges2026112609601 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Changes that can still be taken back, by a link to the previous address or number; the link is a one-time
      -- secret whose subject is this row
      CREATE TABLE email_changes (
        id uuid CONSTRAINT email_changes_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT email_changes_user_id_fkey REFERENCES users ON DELETE CASCADE,
        -- Verified; null where the account was verified by a phone
        old_email text,
        -- The time since when the account had it: of two claims to the account, the older one prevails
        held_since timestamptz NOT NULL,
        -- Whether the old address itself came by a change that can still be taken back
        came_by_change boolean NOT NULL,
        new_email text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        -- Null until the new address is verified
        changed_at timestamptz,
        -- An older claim has recovered the account from the new address, which may take nothing back any more
        overruled_at timestamptz,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX email_changes_user_id_idx ON email_changes (user_id, requested_at);
      CREATE INDEX email_changes_expires_at_idx ON email_changes (expires_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
