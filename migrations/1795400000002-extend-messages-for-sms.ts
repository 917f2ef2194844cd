import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExtendMessagesForSms1795400000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        -- Tries whose outcome is unknown: begun, and neither accepted nor refused so far
        ADD COLUMN unanswered_tries smallint NOT NULL DEFAULT 0,
        -- Set for each SMS that counts against a budget, and for no other message
        ADD COLUMN sms_country text,
        ADD COLUMN sms_block_hash bytea,
        ADD COLUMN sms_address_hash bytea,
        ADD COLUMN verified_at timestamptz,
        DROP CONSTRAINT messages_status_check,
        ADD CONSTRAINT messages_status_check
          CHECK (status IN ('recorded', 'suppressed', 'withheld', 'queued', 'sent', 'expired', 'failed'));

      CREATE INDEX messages_sms_country_idx ON messages (sms_country, created_at) WHERE sms_country IS NOT NULL;
      CREATE INDEX messages_sms_block_idx ON messages (sms_block_hash, created_at) WHERE sms_country IS NOT NULL;
      CREATE INDEX messages_sms_address_idx ON messages (sms_address_hash, created_at) WHERE sms_country IS NOT NULL;

      CREATE TABLE sms_spending (
        -- A tenant, a country or all together
        scope text NOT NULL,
        hour timestamptz NOT NULL,
        sent integer NOT NULL,
        CONSTRAINT sms_spending_pkey PRIMARY KEY (scope, hour)
      );
      CREATE INDEX sms_spending_hour_idx ON sms_spending (hour);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
