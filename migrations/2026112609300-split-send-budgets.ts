import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SplitSendBudgets2026112609300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        -- The purpose, which determines the budgets of recipient and sender that the message counts against
        ADD COLUMN purpose text NOT NULL DEFAULT '',
        -- Set where a person chose the recipient: keyed hashes, so that no person is named
        ADD COLUMN sender_tenant_hash bytea,
        ADD COLUMN sender_user_hash bytea,
        ADD COLUMN sender_session_hash bytea;

      -- No limit reads older rows
      UPDATE messages SET purpose = CASE
        WHEN template LIKE 'notice:%' THEN 'notice'
        WHEN template = 'otp' THEN 'sign-in'
        ELSE template END
      WHERE created_at > now() - interval '1 day';

      CREATE INDEX messages_sender_tenant_idx ON messages (sender_tenant_hash, created_at)
        WHERE sender_tenant_hash IS NOT NULL;
      CREATE INDEX messages_sender_user_idx ON messages (sender_user_hash, created_at)
        WHERE sender_user_hash IS NOT NULL;

      -- The notices of an account to a recipient that it only claims: one for each, however old it is
      CREATE TABLE unconfirmed_notices (
        user_id uuid NOT NULL CONSTRAINT unconfirmed_notices_user_id_fkey REFERENCES users ON DELETE CASCADE,
        recipient_hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT unconfirmed_notices_pkey PRIMARY KEY (user_id, recipient_hash)
      );

      -- A charge of a budget holds the budget's lock, so that no unique key is needed to find the row
      ALTER TABLE sms_spending DROP CONSTRAINT sms_spending_pkey;
      CREATE INDEX sms_spending_scope_idx ON sms_spending (scope, hour);

      -- The last alert to the operator about a budget or a hold, from any server
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
