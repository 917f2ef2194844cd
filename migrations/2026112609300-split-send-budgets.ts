import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SplitSendBudgets2026112609300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        -- What the message counts as, at its recipient and at its sender
        ADD COLUMN purpose text NOT NULL DEFAULT '',
        -- Set where a person had it sent to a recipient of their choosing: keyed hashes, so that nobody is named
        ADD COLUMN sender_tenant_hash bytea,
        ADD COLUMN sender_user_hash bytea,
        ADD COLUMN sender_session_hash bytea;

      -- No limit looks further back
      UPDATE messages SET purpose = CASE
        WHEN template LIKE 'notice:%' THEN 'notice'
        WHEN template = 'otp' THEN 'sign-in'
        ELSE template END
      WHERE created_at > now() - interval '1 day';

      CREATE INDEX messages_sender_tenant_idx ON messages (sender_tenant_hash, created_at)
        WHERE sender_tenant_hash IS NOT NULL;
      CREATE INDEX messages_sender_user_idx ON messages (sender_user_hash, created_at)
        WHERE sender_user_hash IS NOT NULL;

      -- That an account's notices went to a recipient which it only claims: once, however old that is
      CREATE TABLE unconfirmed_notices (
        user_id uuid NOT NULL CONSTRAINT unconfirmed_notices_user_id_fkey REFERENCES users ON DELETE CASCADE,
        recipient_hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT unconfirmed_notices_pkey PRIMARY KEY (user_id, recipient_hash)
      );

      -- Whoever charges a budget holds the one lock for it, so nobody needs a unique key to find the row
      ALTER TABLE sms_spending DROP CONSTRAINT sms_spending_pkey;
      CREATE INDEX sms_spending_scope_idx ON sms_spending (scope, hour);

      -- When the operator was last told of a budget or a hold, by whichever server
      CREATE TABLE sms_alerts (
        scope text CONSTRAINT sms_alerts_pkey PRIMARY KEY,
        raised_at timestamptz NOT NULL
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
