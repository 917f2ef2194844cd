import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Releases before it deliver messages from another queue, so they refuse to start. */
export class ContractMessageQueue2026112609830 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        -- What an older version has queued is due at once
        ADD COLUMN next_try_at timestamptz NOT NULL DEFAULT now(),
        -- While a server tries to deliver the message, which it prolongs
        ADD COLUMN leased_until timestamptz,
        ADD COLUMN tries smallint NOT NULL DEFAULT 0,
        DROP COLUMN sms_country,
        DROP COLUMN sms_block_hash,
        DROP COLUMN sms_address_hash,
        DROP CONSTRAINT messages_status_check,
        ADD CONSTRAINT messages_status_check CHECK (status IN
          ('recorded', 'suppressed', 'withheld', 'queued', 'sent', 'expired', 'superseded', 'failed'));
      CREATE INDEX messages_due_idx ON messages (channel, next_try_at) WHERE status = 'queued';
      CREATE INDEX messages_queued_idx ON messages (recipient_hash, created_at) WHERE status = 'queued';

      ALTER TABLE sms_spending RENAME TO sms_spending_by_hour;
      CREATE TABLE sms_spending (
        -- What is counted: a budget, a client address or a block of numbers
        scope text CONSTRAINT sms_spending_pkey PRIMARY KEY,
        -- The length of an interval
        seconds integer NOT NULL,
        -- When the latest interval began
        latest timestamptz NOT NULL,
        -- SMS by interval, the latest first
        sent integer[] NOT NULL
      );
      CREATE INDEX sms_spending_latest_idx ON sms_spending (latest);
      INSERT INTO sms_spending (scope, seconds, latest, sent)
        SELECT scope, 3600, date_trunc('hour', now(), 'UTC'), ARRAY(
          SELECT COALESCE(sum(by_hour.sent), 0)::int FROM generate_series(0, 24) AS ago
          LEFT JOIN sms_spending_by_hour AS by_hour ON by_hour.scope = known.scope
            AND by_hour.hour = date_trunc('hour', now(), 'UTC') - make_interval(hours => ago)
          GROUP BY ago ORDER BY ago)
        FROM (SELECT DISTINCT scope FROM sms_spending_by_hour) AS known;
      DROP TABLE sms_spending_by_hour;

      -- The queue of older versions. Its owner may be a role that this user may not act as: then it stays, unused
      DO $$ BEGIN DROP SCHEMA IF EXISTS pgboss CASCADE;
      EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'The schema pgboss is not used any more'; END $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
