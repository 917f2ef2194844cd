import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The partitions stand in a schema of their own, on which the server has no right: it reads and writes them through
 * `audit_events`, whose policy and grants apply then. Each holds a month and is named after it; the default one holds
 * what belongs to a month without a partition.
 */
export class PartitionAuditEvents2026112609840 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MOVE_TABLE);
    await runner.query(CREATE_TABLE);
    await runner.query(CREATE_FUNCTIONS);
    await runner.query(ATTACH_ROWS);
    await runner.query('SELECT add_audit_month(ahead) FROM generate_series(0, 2) AS ahead');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

const MOVE_TABLE = `
  CREATE SCHEMA audit_partitions;

  DROP POLICY audit_events_tenant_policy ON audit_events;
  ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE audit_events DROP CONSTRAINT audit_events_pkey;
  ALTER TABLE audit_events SET SCHEMA audit_partitions;
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
      REVOKE ALL ON audit_partitions.audit_events FROM gatehouse_app;
    END IF;
  END $$;`;

const CREATE_TABLE = `
  CREATE TABLE audit_events (
    id uuid NOT NULL,
    tenant_id uuid,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    outcome text NOT NULL CONSTRAINT audit_events_outcome_check CHECK (outcome IN ('success', 'refused')),
    target_kind text,
    target_id uuid,
    address text,
    user_agent text,
    request_id text,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT audit_events_pkey PRIMARY KEY (id, occurred_at)
  ) PARTITION BY RANGE (occurred_at);

  -- For each filter of the list, in the order of the list
  CREATE INDEX audit_events_tenant_idx ON audit_events (tenant_id, occurred_at DESC, id DESC);
  CREATE INDEX audit_events_action_idx ON audit_events (tenant_id, action, occurred_at DESC, id DESC);
  CREATE INDEX audit_events_refused_idx ON audit_events (tenant_id, occurred_at DESC, id DESC) WHERE outcome = 'refused';
  CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, tenant_id, occurred_at DESC, id DESC);
  CREATE INDEX audit_events_about_idx ON audit_events (target_id, tenant_id, occurred_at DESC, id DESC);

  ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY audit_events_tenant_policy ON audit_events
    USING (current_setting('gatehouse.tenant', true) IN ('*', tenant_id::text));

  CREATE TABLE audit_partitions.audit_events_default PARTITION OF audit_events DEFAULT;

  -- Which kinds of events a month has lost, so that it is not searched for them again
  CREATE TABLE audit_partitions.thinned_months (
    month date,
    kind text,
    CONSTRAINT thinned_months_pkey PRIMARY KEY (month, kind)
  );`;

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
  CREATE FUNCTION add_audit_month(ahead integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
  DECLARE
    month date := date_trunc('month', now()) + make_interval(months => ahead);
    name text := 'audit_events_' || to_char(month, 'YYYYMM');
  BEGIN
    IF ahead NOT BETWEEN 0 AND 2 THEN RAISE 'Partitions are added for this month and the next two'; END IF;
    IF to_regclass('audit_partitions.' || name) IS NOT NULL THEN RETURN false; END IF;
    -- Attached afterwards: that needs no lock which keeps others from adding events
    EXECUTE format('CREATE TABLE audit_partitions.%I (LIKE public.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format(
      'WITH moved AS (
         DELETE FROM audit_partitions.audit_events_default WHERE occurred_at >= %L AND occurred_at < %L RETURNING *
       ) INSERT INTO audit_partitions.%I SELECT * FROM moved',
      month::timestamptz, (month + interval '1 month')::timestamptz, name);
    EXECUTE format('ALTER TABLE public.audit_events ATTACH PARTITION audit_partitions.%I FOR VALUES FROM (%L) TO (%L)',
      name, month::timestamptz, (month + interval '1 month')::timestamptz);
    RETURN true;
  END $$;

  -- The months that have a partition, oldest first, each with the kinds of events that it has lost
  CREATE FUNCTION list_audit_months() RETURNS TABLE (month date, thinned text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.month, ARRAY(SELECT t.kind FROM audit_partitions.thinned_months t WHERE t.month = p.month)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT to_date(substring(c.relname FROM '^audit_events_(\\d{6})$'), 'YYYYMM') AS month) p
    WHERE i.inhparent = 'public.audit_events'::regclass AND p.month IS NOT NULL
    ORDER BY p.month $$;

  -- Looks at the next rows of a month that ended a month ago or earlier, and deletes those with these actions. "last" is
  -- the place to go on from: null at the end
  CREATE FUNCTION thin_audit_month(month date, kind text, actions text[], after uuid, rows integer, OUT last uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
  DECLARE
    seen integer;
  BEGIN
    IF month >= date_trunc('month', now()) - interval '1 month' THEN RAISE 'The month is kept whole'; END IF;
    IF month >= date_trunc('month', now()) - interval '1 year' AND NOT actions <@ ARRAY[${SHORT_LIVED}] THEN
      RAISE 'Changes of the month are kept for a year';
    END IF;
    EXECUTE format(
      'WITH looked_at AS MATERIALIZED (
         SELECT ctid, id, action FROM audit_partitions.%1$I WHERE id > $1 ORDER BY id LIMIT $2
       ), deleted AS (
         DELETE FROM audit_partitions.%1$I WHERE ctid = ANY (ARRAY(SELECT ctid FROM looked_at WHERE action = ANY ($3)))
       )
       SELECT count(*), (array_agg(id ORDER BY id DESC))[1] FROM looked_at',
      'audit_events_' || to_char(month, 'YYYYMM'))
      INTO seen, last USING after, rows, actions;
    IF seen = rows THEN RETURN; END IF;
    last := NULL;
    INSERT INTO audit_partitions.thinned_months VALUES (date_trunc('month', month), kind) ON CONFLICT DO NOTHING;
  END $$;

  -- Deletes a month that ended a year ago or earlier. Gives up at once if a long transaction uses the table
  CREATE FUNCTION drop_audit_month(month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '500ms' AS $$
  BEGIN
    IF month >= date_trunc('month', now()) - interval '1 year' THEN RAISE 'The month is kept'; END IF;
    EXECUTE format('DROP TABLE IF EXISTS audit_partitions.%I', 'audit_events_' || to_char(month, 'YYYYMM'));
    DELETE FROM audit_partitions.thinned_months t WHERE t.month = date_trunc('month', drop_audit_month.month);
  END $$;

  REVOKE EXECUTE ON FUNCTION add_audit_month, list_audit_months, thin_audit_month, drop_audit_month FROM PUBLIC;`;

/** The former table becomes one partition, which ends with the present month and is named after it. */
const ATTACH_ROWS = `
  DO $$
  DECLARE
    month timestamptz;
    upper timestamptz;
    name text;
  BEGIN
    IF NOT EXISTS (SELECT FROM audit_partitions.audit_events) THEN
      DROP TABLE audit_partitions.audit_events;
      RETURN;
    END IF;
    SET LOCAL TimeZone = 'UTC';
    month := date_trunc('month', now());
    upper := month + interval '1 month';
    name := 'audit_events_' || to_char(month, 'YYYYMM');
    -- Of a clock that was ahead
    WITH later AS (DELETE FROM audit_partitions.audit_events WHERE occurred_at >= upper RETURNING *)
      INSERT INTO audit_events SELECT * FROM later;
    EXECUTE format('ALTER TABLE audit_partitions.audit_events RENAME TO %I', name);
    EXECUTE format('ALTER TABLE audit_events ATTACH PARTITION audit_partitions.%I FOR VALUES FROM (MINVALUE) TO (%L)',
      name, upper);
  END $$;`;
