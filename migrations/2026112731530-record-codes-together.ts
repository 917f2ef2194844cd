import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Codes that are requested at the same time are recorded together: they share the locks of their budgets, the statements
 * of a function, and one commit. Each statement of a function sees what was committed while an earlier one waited.
 */
export class RecordCodesTogether2026112731530 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RECORD_CODES);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

const RECORD_CODES = `
  -- Records the messages of many codes to different recipients, each as record_message does; what is the same for all
  -- is given once. "keys" are locked in the given order, before the open challenges of the identifiers, and these before
  -- the counters, of which each message has as many as there are intervals. Unless it "waits", a message whose key or
  -- challenge somebody has locked is left alone: it is "busy". If the counters allow all messages together, they allow
  -- each; else one message after the other is counted. Totals are null if they are below every maximum
  CREATE FUNCTION record_codes(
    waits boolean, keys bigint[], ids uuid[], payloads bytea[], statuses text[], lifetimes double precision[],
    recipients bytea[], for_purpose text, identifiers bytea[], channel text, purposes text[], sharing text[],
    seconds integer[], limits integer[], reserves integer[], counted text[], scopes text[], intervals integer[],
    kept integer[], maxima bigint[], shared integer, hold_after integer, hold_percent integer, verified_scopes text[])
    RETURNS TABLE (place integer, busy boolean, wait integer, broken integer, totals integer[])
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  DECLARE
    number integer := cardinality(ids);
    width integer := cardinality(intervals);
    is_free boolean[] := array_fill(true, ARRAY[cardinality(ids)]);
    waiting integer[] := array_fill(NULL::integer, ARRAY[cardinality(ids)]);
    allowed text[] := array_fill(purposes[1], ARRAY[cardinality(ids)]);
    present bytea[];
    locked bytea[];
    since timestamptz;
    seconds_left double precision;
    purpose text;
    all_scopes text[];
    all_amounts integer[];
    all_totals integer[];
    is_over boolean := false;
    is_used_up boolean := false;
    one record;
  BEGIN
    FOR i IN 1..cardinality(keys) LOOP
      IF waits THEN
        PERFORM pg_advisory_xact_lock(keys[i]);
      ELSE
        is_free[i] := pg_try_advisory_xact_lock(keys[i]);
      END IF;
    END LOOP;

    SELECT array_agg(c.identifier_hash) INTO present
    FROM otp_challenges c WHERE c.purpose = for_purpose AND c.identifier_hash = ANY (identifiers);
    IF present IS NOT NULL AND waits THEN
      PERFORM FROM otp_challenges c WHERE c.purpose = for_purpose AND c.identifier_hash = ANY (present)
      ORDER BY c.identifier_hash FOR UPDATE;
    ELSIF present IS NOT NULL THEN
      locked := ARRAY(
        SELECT c.identifier_hash FROM otp_challenges c WHERE c.purpose = for_purpose AND c.identifier_hash = ANY (present)
        ORDER BY c.identifier_hash FOR UPDATE SKIP LOCKED);
      FOR i IN 1..number LOOP
        is_free[i] := is_free[i] AND (identifiers[i] <> ALL (present) OR identifiers[i] = ANY (locked));
      END LOOP;
    END IF;

    IF cardinality(seconds) > 0 THEN
      since := clock_timestamp() - make_interval(secs => (SELECT max(s) FROM unnest(seconds) AS s));
      present := ARRAY(
        SELECT r FROM unnest(recipients) AS r
        WHERE EXISTS (SELECT FROM messages m WHERE m.recipient_hash = r AND m.created_at > since));
      FOR i IN 1..number LOOP
        CONTINUE WHEN NOT is_free[i] OR recipients[i] <> ALL (present);
        FOREACH purpose IN ARRAY purposes LOOP
          seconds_left := message_wait(recipients[i], 'otp', purpose,
            CASE WHEN purpose = ANY (sharing) THEN sharing ELSE ARRAY[purpose] END,
            seconds, limits, reserves, counted, NULL, NULL, NULL);
          allowed[i] := purpose;
          EXIT WHEN seconds_left IS NULL;
          waiting[i] := LEAST(waiting[i], ceil(seconds_left)::int);
        END LOOP;
        IF seconds_left IS NULL THEN
          waiting[i] := NULL;
        END IF;
      END LOOP;
    END IF;

    IF width > 0 THEN
      WITH wanted AS MATERIALIZED (
        SELECT scopes[(m.place - 1) * width + c.place] AS scope, c.place, count(*)::int AS amount
        FROM generate_series(1, number) AS m (place) CROSS JOIN generate_series(1, width) AS c (place)
        WHERE is_free[m.place] AND waiting[m.place] IS NULL GROUP BY 1, 2
      ), counted AS (
        INSERT INTO sms_spending AS own (scope, seconds, latest, sent)
        SELECT w.scope, intervals[w.place],
          to_timestamp(floor(extract(epoch FROM clock_timestamp()) / intervals[w.place]) * intervals[w.place]),
          ARRAY[w.amount] || array_fill(0, ARRAY[kept[w.place] - 1])
        FROM wanted AS w ORDER BY w.place, w.scope
        -- Intervals that have begun since the latest one: the older counts move by as many places
        ON CONFLICT (scope) DO UPDATE SET (latest, sent) = (
          SELECT own.latest + make_interval(secs => age * own.seconds),
            ARRAY[moved[1] + EXCLUDED.sent[1]] || moved[2:]
          FROM (SELECT GREATEST(0, floor(extract(epoch FROM clock_timestamp() - own.latest) / own.seconds))::int AS age) AS aged
          CROSS JOIN LATERAL (SELECT cardinality(EXCLUDED.sent) AS size) AS sized
          CROSS JOIN LATERAL (SELECT (array_fill(0, ARRAY[LEAST(age, size)]) || own.sent)[:size] AS moved) AS aligned)
        RETURNING own.scope, (SELECT sum(n)::int FROM unnest(own.sent) AS n) AS total
      )
      SELECT array_agg(w.scope), array_agg(w.amount), array_agg(t.total),
        COALESCE(bool_or(t.total > maxima[w.place] OR (w.place = 1 AND t.total > hold_after)), false),
        COALESCE(bool_or(t.total >= maxima[w.place]), false)
      INTO all_scopes, all_amounts, all_totals, is_over, is_used_up
      FROM counted AS t JOIN wanted AS w ON w.scope = t.scope;
      IF is_over THEN
        UPDATE sms_spending s SET sent[1] = s.sent[1] - w.amount
        FROM unnest(all_scopes, all_amounts) AS w (scope, amount) WHERE s.scope = w.scope;
      END IF;
    END IF;

    IF NOT is_over THEN
      INSERT INTO messages (id, channel, template, purpose, recipient_hash, payload_encrypted, status, created_at,
                            expires_at, next_try_at)
      SELECT m.id, record_codes.channel, 'otp', m.purpose, m.recipient, m.payload, m.status, clock_timestamp(),
        clock_timestamp() + make_interval(secs => m.lifetime), clock_timestamp()
      FROM unnest(ids, payloads, statuses, lifetimes, recipients, allowed, is_free, waiting)
        AS m (id, payload, status, lifetime, recipient, purpose, is_free, wait)
      WHERE m.is_free AND m.wait IS NULL;
    END IF;

    FOR i IN 1..number LOOP
      place := i;
      busy := NOT is_free[i];
      wait := waiting[i];
      broken := NULL;
      totals := NULL;
      IF is_over AND is_free[i] AND waiting[i] IS NULL THEN
        SELECT r.broken, r.totals INTO one FROM record_message('{}', ids[i], record_codes.channel, 'otp', payloads[i],
          statuses[i], NULL, lifetimes[i], recipients[i], ARRAY[allowed[i]], sharing, '{}', '{}', '{}', '{}', NULL, NULL,
          NULL, scopes[(i - 1) * width + 1 : i * width], intervals, kept, maxima, shared, NULL, NULL, hold_after,
          hold_percent, verified_scopes[i]) AS r;
        broken := one.broken;
        totals := one.totals;
      ELSIF is_used_up AND is_free[i] AND waiting[i] IS NULL THEN
        FOR c IN 1..width LOOP
          totals[c] := all_totals[array_position(all_scopes, scopes[(i - 1) * width + c])];
        END LOOP;
      END IF;
      RETURN NEXT;
    END LOOP;
  END $$;`;
