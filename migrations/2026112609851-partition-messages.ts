import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages are partitioned as audit events are, by the same functions. They replace those of the audit trail, which no
 * release has had. All partitions stand in one schema, on which the server has no right: it reads and writes them
 * through their tables.
 */
export class PartitionMessages2026112609851 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MAKE_COMMON);
    await runner.query(CREATE_FUNCTIONS);
    await runner.query(KEEP_BY_TENANT);
    await runner.query(MOVE_MESSAGES);
    await runner.query(`SELECT add_month('messages', ahead) FROM generate_series(0, 2) AS ahead`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

const MAKE_COMMON = `
  ALTER SCHEMA audit_partitions RENAME TO partitions;
  DROP FUNCTION add_audit_month, list_audit_months, drop_audit_month, thin_audit_month;

  CREATE TABLE partitions.parents (
    name text CONSTRAINT parents_pkey PRIMARY KEY,
    -- By which the table is partitioned
    time_column text NOT NULL,
    -- Since its end. Whoever has the rights of the server can drop no younger month
    least_age interval NOT NULL
  );
  INSERT INTO partitions.parents VALUES ('audit_events', 'occurred_at', '1 year'), ('messages', 'created_at', '1 month');`;

/** What may be deleted within a year. Whoever has the rights of the server can delete nothing else sooner. */
const SHORT_LIVED = [
  ...['session.refreshed', 'session.created', 'session.switched', 'session.revoked'],
  ...['sign_in.second_factor_required', 'sign_in.refused', 'reauthentication.refused'],
  ...['password.recovery_requested', 'user.email_verification_requested'],
  ...['otp.requested', 'otp.verified', 'otp.refused', 'two_factor.refused', 'authorization.refused'],
  ...['attempts.exceeded', 'rate_limit.exceeded', 'api_key.refused', 'message.suppressed'],
]
  .map((action) => `'${action}'`)
  .join(', ');

/** The server may call them, and has no other right on the partitions. */
const CREATE_FUNCTIONS = `
  -- Rows of the month that are in the default partition move. Returns false if the partition exists
  CREATE FUNCTION add_month(parent text, ahead integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
  DECLARE
    month date := date_trunc('month', now()) + make_interval(months => ahead);
    name text := parent || to_char(month, '_YYYYMM');
    time_column text;
  BEGIN
    IF ahead NOT BETWEEN 0 AND 2 THEN RAISE 'Partitions are added for this month and the next two'; END IF;
    SELECT p.time_column INTO STRICT time_column FROM partitions.parents p WHERE p.name = parent;
    IF to_regclass('partitions.' || name) IS NOT NULL THEN RETURN false; END IF;
    -- Attached afterwards: that needs no lock which keeps others from adding rows
    EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
    EXECUTE format(
      'WITH moved AS (
         DELETE FROM partitions.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *
       ) INSERT INTO partitions.%5$I SELECT * FROM moved',
      parent || '_default', time_column, month::timestamptz, (month + interval '1 month')::timestamptz, name);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)',
      parent, name, month::timestamptz, (month + interval '1 month')::timestamptz);
    RETURN true;
  END $$;

  -- The months that have a partition, oldest first, each with the kinds of events that it has lost
  CREATE FUNCTION list_months(parent text) RETURNS TABLE (month date, thinned text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.month, ARRAY(
      SELECT t.kind FROM partitions.thinned_months t WHERE parent = 'audit_events' AND t.month = p.month)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT to_date(substring(c.relname FROM '_(\\d{6})$'), 'YYYYMM') AS month) p
    WHERE i.inhparent = to_regclass('public.' || parent) AND p.month IS NOT NULL
    ORDER BY p.month $$;

  -- Deletes a month that is old enough. Gives up at once if a long transaction uses the table
  CREATE FUNCTION drop_month(parent text, month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '500ms' AS $$
  DECLARE
    least_age interval;
  BEGIN
    SELECT p.least_age INTO STRICT least_age FROM partitions.parents p WHERE p.name = parent;
    IF month >= date_trunc('month', now()) - least_age THEN RAISE 'The month is kept'; END IF;
    EXECUTE format('DROP TABLE IF EXISTS partitions.%I', parent || to_char(month, '_YYYYMM'));
    IF parent = 'audit_events' THEN
      DELETE FROM partitions.thinned_months t WHERE t.month = date_trunc('month', drop_month.month);
    END IF;
  END $$;

  -- Looks at the next rows of a month that ended a month ago or earlier, and deletes those with these actions, of the
  -- tenants whose own setting for this kind is "months"; if it is null, of those without, and of no tenant. "last" is the
  -- place to go on from: null at the end
  CREATE FUNCTION thin_audit_month(month date, kind text, months integer, actions text[], after uuid, rows integer, OUT last uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
  DECLARE
    seen integer;
  BEGIN
    -- Else the settings of tenants cannot be seen
    IF current_setting('gatehouse.tenant', true) IS DISTINCT FROM '*' THEN RAISE 'The scope is not every tenant'; END IF;
    IF month >= date_trunc('month', now()) - interval '1 month' THEN RAISE 'The month is kept whole'; END IF;
    IF month >= date_trunc('month', now()) - interval '1 year' AND NOT actions <@ ARRAY[${SHORT_LIVED}] THEN
      RAISE 'Changes of the month are kept for a year';
    END IF;
    EXECUTE format(
      'WITH looked_at AS MATERIALIZED (
         SELECT ctid, id, action, tenant_id FROM partitions.%1$I WHERE id > $1 ORDER BY id LIMIT $2
       ), due AS (
         SELECT l.ctid FROM looked_at l LEFT JOIN public.tenants t ON t.id = l.tenant_id
         WHERE l.action = ANY ($3)
           AND (CASE $4 WHEN ''sign-ins'' THEN t.audit_sign_ins_months WHEN ''changes'' THEN t.audit_changes_months END)
             IS NOT DISTINCT FROM $5
       ), deleted AS (
         DELETE FROM partitions.%1$I WHERE ctid = ANY (ARRAY(SELECT ctid FROM due))
       )
       SELECT count(*), (array_agg(id ORDER BY id DESC))[1] FROM looked_at',
      to_char(month, '"audit_events_"YYYYMM'))
      INTO seen, last USING after, rows, actions, kind, months;
    IF seen = rows THEN RETURN; END IF;
    last := NULL;
    INSERT INTO partitions.thinned_months VALUES (date_trunc('month', month), kind || COALESCE(':' || months, ''))
      ON CONFLICT DO NOTHING;
  END $$;

  REVOKE EXECUTE ON FUNCTION add_month, list_months, drop_month, thin_audit_month FROM PUBLIC;`;

/** Null: as the server is configured. Only an operator sets them. */
const KEEP_BY_TENANT = `
  ALTER TABLE tenants
    ADD COLUMN audit_sign_ins_months integer
      CONSTRAINT tenants_audit_sign_ins_months_check CHECK (audit_sign_ins_months BETWEEN 1 AND 1200),
    ADD COLUMN audit_changes_months integer
      CONSTRAINT tenants_audit_changes_months_check CHECK (audit_changes_months BETWEEN 12 AND 1200);
  CREATE INDEX tenants_audit_retention_idx ON tenants (audit_sign_ins_months, audit_changes_months)
    WHERE audit_sign_ins_months IS NOT NULL OR audit_changes_months IS NOT NULL;

  -- After a change every month is looked at again
  CREATE FUNCTION forget_thinned_months() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    DELETE FROM partitions.thinned_months WHERE kind NOT LIKE 'refreshes%';
    RETURN NULL;
  END $$;
  CREATE TRIGGER tenants_audit_retention AFTER UPDATE OF audit_sign_ins_months, audit_changes_months ON tenants
    FOR EACH ROW
    WHEN ((OLD.audit_sign_ins_months, OLD.audit_changes_months)
      IS DISTINCT FROM (NEW.audit_sign_ins_months, NEW.audit_changes_months))
    EXECUTE FUNCTION forget_thinned_months();`;

/** The former table becomes one partition, which ends with the present month and is named after it. */
const MOVE_MESSAGES = `
  ALTER TABLE messages DROP CONSTRAINT messages_pkey;
  ALTER TABLE messages SET SCHEMA partitions;
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
      REVOKE ALL ON partitions.messages FROM gatehouse_app;
    END IF;
  END $$;

  CREATE TABLE messages (LIKE partitions.messages INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (created_at);
  ALTER TABLE messages ADD CONSTRAINT messages_pkey PRIMARY KEY (id, created_at);
  CREATE INDEX messages_created_at_idx ON messages (created_at);
  CREATE INDEX messages_due_idx ON messages (channel, next_try_at) WHERE status = 'queued';
  CREATE INDEX messages_queued_idx ON messages (recipient_hash, created_at) WHERE status = 'queued';
  CREATE INDEX messages_recipient_idx ON messages (recipient_hash, created_at);
  CREATE INDEX messages_sender_tenant_idx ON messages (sender_tenant_hash, created_at)
    WHERE sender_tenant_hash IS NOT NULL;
  CREATE INDEX messages_sender_user_idx ON messages (sender_user_hash, created_at) WHERE sender_user_hash IS NOT NULL;
  CREATE TABLE partitions.messages_default PARTITION OF messages DEFAULT;

  DO $$
  DECLARE
    month timestamptz;
    upper timestamptz;
    name text;
  BEGIN
    IF NOT EXISTS (SELECT FROM partitions.messages) THEN
      DROP TABLE partitions.messages;
      RETURN;
    END IF;
    SET LOCAL TimeZone = 'UTC';
    month := date_trunc('month', now());
    upper := month + interval '1 month';
    name := 'messages_' || to_char(month, 'YYYYMM');
    -- Of a clock that was ahead
    WITH later AS (DELETE FROM partitions.messages WHERE created_at >= upper RETURNING *)
      INSERT INTO messages SELECT * FROM later;
    EXECUTE format('ALTER TABLE partitions.messages RENAME TO %I', name);
    EXECUTE format('ALTER TABLE messages ATTACH PARTITION partitions.%I FOR VALUES FROM (MINVALUE) TO (%L)',
      name, upper);
  END $$;`;
