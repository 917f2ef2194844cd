import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a message costs is counted, and its limits are checked, in one call: each statement of a function sees what was
 * committed while an earlier one waited for a lock, which the parts of one statement do not.
 */
export class RecordMessagesInOneCall2026112710100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COUNT_SMS);
    await runner.query(MESSAGE_WAIT);
    await runner.query(RECORD_MESSAGE);
    await runner.query(LOCK_CODE_CHALLENGE);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

/** Counters are locked in the given order, until the transaction ends. */
const COUNT_SMS = `
  -- Adds the amount to each counter. If a total is above its maximum (null: none), takes all of it back: "broken" is the
  -- place of the first such counter. "totals" include the amount
  CREATE FUNCTION count_sms(scopes text[], intervals integer[], kept integer[], maxima bigint[], amount integer,
                            OUT broken integer, OUT totals integer[])
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    WITH counted AS (
      INSERT INTO sms_spending AS own (scope, seconds, latest, sent)
      SELECT c.scope, c.seconds, to_timestamp(floor(extract(epoch FROM clock_timestamp()) / c.seconds) * c.seconds),
        ARRAY[amount] || array_fill(0, ARRAY[c.size - 1])
      FROM unnest(scopes, intervals, kept) WITH ORDINALITY AS c (scope, seconds, size, place)
      ORDER BY c.place
      -- Intervals that have begun since the latest one: the older counts move by as many places
      ON CONFLICT (scope) DO UPDATE SET (latest, sent) = (
        SELECT own.latest + make_interval(secs => age * own.seconds),
          ARRAY[moved[1] + EXCLUDED.sent[1]] || moved[2:]
        FROM (SELECT GREATEST(0, floor(extract(epoch FROM clock_timestamp() - own.latest) / own.seconds))::int AS age) AS aged
        CROSS JOIN LATERAL (SELECT cardinality(EXCLUDED.sent) AS size) AS sized
        CROSS JOIN LATERAL (SELECT (array_fill(0, ARRAY[LEAST(age, size)]) || own.sent)[:size] AS moved) AS aligned)
      RETURNING own.scope, (SELECT sum(one)::int FROM unnest(own.sent) AS one) AS total
    )
    SELECT array_agg(counted.total ORDER BY c.place), min(c.place) FILTER (WHERE counted.total > c.max)
    INTO totals, broken
    FROM unnest(scopes, maxima) WITH ORDINALITY AS c (scope, max, place) JOIN counted ON counted.scope = c.scope;
    IF broken IS NOT NULL THEN
      UPDATE sms_spending SET sent[1] = sent[1] - amount WHERE scope = ANY (scopes);
    END IF;
  END $$;`;

const MESSAGE_WAIT = `
  -- Seconds until every limit allows another message of the purpose, or null if they do now. Counts suppressed and
  -- withheld messages like sent ones, so that the limits do not disclose which of them a message was. Exact if the
  -- transaction has locked those whose messages are counted
  CREATE FUNCTION message_wait(recipient bytea, kind text, for_purpose text, sharing text[], seconds integer[],
                               maxima integer[], reserves integer[], counted text[], sender_tenant bytea,
                               sender_user bytea, sender_session bytea)
    RETURNS double precision LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  DECLARE
    -- Not now(): a transaction may be older than its message
    present timestamptz := clock_timestamp();
    since timestamptz;
    wait double precision;
    sent_wait double precision;
  BEGIN
    IF cardinality(seconds) = 0 THEN RETURN NULL; END IF;
    SELECT present - make_interval(secs => max(s)) INTO since FROM unnest(seconds) AS s;
    -- The message that must leave the window first: of those that share the limit, and of those of the purpose alone,
    -- for which a part of it is reserved
    WITH own AS MATERIALIZED (
      SELECT m.created_at, m.purpose, m.template FROM messages m
      WHERE m.recipient_hash = recipient AND m.created_at > since
    )
    SELECT max(send_limit.seconds + extract(epoch FROM LEAST(shared.created_at, of_purpose.created_at) - present))
    INTO wait
    FROM unnest(seconds, maxima, reserves, counted) AS send_limit (seconds, max, reserve, counted)
    CROSS JOIN LATERAL (
      SELECT o.created_at FROM own o
      WHERE o.created_at > present - make_interval(secs => send_limit.seconds)
        AND CASE send_limit.counted WHEN 'template' THEN o.template = kind ELSE o.purpose = ANY (sharing) END
      ORDER BY o.created_at DESC OFFSET send_limit.max - 1 LIMIT 1) AS shared
    CROSS JOIN LATERAL (
      SELECT o.created_at FROM own o
      WHERE o.created_at > present - make_interval(secs => send_limit.seconds)
        AND CASE send_limit.counted WHEN 'template' THEN o.template = kind ELSE o.purpose = for_purpose END
      ORDER BY o.created_at DESC OFFSET send_limit.reserve - 1 LIMIT 1) AS of_purpose
    WHERE send_limit.counted IN ('template', 'purpose');
    IF sender_user IS NULL THEN RETURN wait; END IF;
    SELECT max(send_limit.seconds + extract(epoch FROM sent.created_at - present)) INTO sent_wait
    FROM unnest(seconds, maxima, counted) AS send_limit (seconds, max, counted)
    CROSS JOIN LATERAL (
      SELECT m.created_at FROM messages m
      WHERE m.sender_user_hash = sender_user AND m.purpose = for_purpose
        AND m.created_at > present - make_interval(secs => send_limit.seconds)
        AND (send_limit.counted = 'account' OR m.sender_session_hash = sender_session)
      ORDER BY m.created_at DESC OFFSET send_limit.max - 1 LIMIT 1) AS sent
    WHERE send_limit.counted IN ('account', 'session');
    wait := GREATEST(wait, sent_wait);
    IF sender_tenant IS NULL THEN RETURN wait; END IF;
    SELECT max(send_limit.seconds + extract(epoch FROM sent.created_at - present)) INTO sent_wait
    FROM unnest(seconds, maxima, counted) AS send_limit (seconds, max, counted)
    CROSS JOIN LATERAL (
      SELECT m.created_at FROM messages m
      WHERE m.sender_tenant_hash = sender_tenant AND m.purpose = for_purpose
        AND m.created_at > present - make_interval(secs => send_limit.seconds)
      ORDER BY m.created_at DESC OFFSET send_limit.max - 1 LIMIT 1) AS sent
    WHERE send_limit.counted = 'tenant';
    RETURN GREATEST(wait, sent_wait);
  END $$;`;

const RECORD_MESSAGE = `
  -- Records a message under the first of its purposes whose limits allow it; else "wait" says for how many seconds none
  -- does. An SMS is counted for its own counters, and then, if there are any, for those that everybody shares: nothing
  -- is waited for after these are locked. If a counter is above its maximum, or too few codes of "hold" were verified,
  -- nothing is counted, and the message is withheld: "broken" is the place of the counter, or 0 for the hold
  CREATE FUNCTION record_message(
    lock_keys bigint[], id uuid, channel text, kind text, payload bytea, status text, expires_at timestamptz,
    lifetime double precision, recipient bytea, purposes text[], sharing text[], seconds integer[], limits integer[],
    reserves integer[], counted text[], sender_tenant bytea, sender_user bytea, sender_session bytea,
    scopes text[], intervals integer[], kept integer[], maxima bigint[], shared integer, tenant uuid, tenant_place integer,
    hold_after integer, hold_percent integer, verified_scope text,
    OUT wait integer, OUT broken integer, OUT totals integer[], OUT tenant_max integer)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  DECLARE
    own integer := cardinality(scopes) - shared;
    key bigint;
    purpose text;
    recorded_purpose text;
    seconds_left double precision;
    more integer[];
    verified bigint;
  BEGIN
    FOREACH key IN ARRAY lock_keys LOOP
      PERFORM pg_advisory_xact_lock(key);
    END LOOP;
    FOREACH purpose IN ARRAY purposes LOOP
      seconds_left := message_wait(recipient, kind, purpose,
        CASE WHEN purpose = ANY (sharing) THEN sharing ELSE ARRAY[purpose] END,
        seconds, limits, reserves, counted, sender_tenant, sender_user, sender_session);
      recorded_purpose := purpose;
      EXIT WHEN seconds_left IS NULL;
      wait := LEAST(wait, ceil(seconds_left)::int);
    END LOOP;
    IF seconds_left IS NOT NULL THEN RETURN; END IF;
    wait := NULL;

    IF own > 0 THEN
      IF tenant_place IS NOT NULL THEN
        SELECT t.sms_daily_budget INTO tenant_max FROM tenants t WHERE t.id = tenant;
        maxima[tenant_place] := LEAST(maxima[tenant_place], tenant_max);
      END IF;
      SELECT c.broken, c.totals INTO broken, totals
      FROM count_sms(scopes[:own], intervals[:own], kept[:own], maxima[:own], 1) AS c;
      -- The first counter is that of codes; this one is not counted
      IF broken IS NULL AND totals[1] > hold_after THEN
        SELECT COALESCE(sum(one), 0) INTO verified FROM sms_spending s
        CROSS JOIN unnest(s.sent[:cardinality(s.sent) - GREATEST(0, floor(
          extract(epoch FROM clock_timestamp() - s.latest) / s.seconds))::int]) AS one
        WHERE s.scope = verified_scope;
        IF verified * 100 < (totals[1] - 1) * hold_percent THEN
          broken := 0;
          UPDATE sms_spending SET sent[1] = sent[1] - 1 WHERE scope = ANY (scopes[:own]);
        END IF;
      END IF;
    END IF;
    IF broken IS NULL AND shared > 0 THEN
      SELECT own + c.broken, c.totals INTO broken, more
      FROM count_sms(scopes[own + 1:], intervals[own + 1:], kept[own + 1:], maxima[own + 1:], 1) AS c;
      totals := totals || more;
      IF broken IS NOT NULL THEN
        UPDATE sms_spending SET sent[1] = sent[1] - 1 WHERE scope = ANY (scopes[:own]);
      END IF;
    END IF;

    INSERT INTO messages (id, channel, template, purpose, recipient_hash, payload_encrypted, status, created_at,
                          expires_at, next_try_at, sender_tenant_hash, sender_user_hash, sender_session_hash)
    VALUES (record_message.id, record_message.channel, kind, recorded_purpose, recipient,
            CASE WHEN broken IS NULL THEN payload END,
            CASE WHEN broken IS NULL OR record_message.status = 'suppressed' THEN record_message.status ELSE 'withheld' END,
            clock_timestamp(),
            COALESCE(record_message.expires_at, clock_timestamp() + make_interval(secs => lifetime)),
            clock_timestamp(), sender_tenant, sender_user, sender_session);
  END $$;`;

const LOCK_CODE_CHALLENGE = `
  -- Locks those whose messages are counted, and then the challenge, if there is one. Returns the keys
  CREATE FUNCTION lock_code_challenge(lock_keys bigint[], for_purpose text, identifier bytea) RETURNS bigint[]
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  DECLARE
    key bigint;
  BEGIN
    FOREACH key IN ARRAY lock_keys LOOP
      PERFORM pg_advisory_xact_lock(key);
    END LOOP;
    PERFORM FROM otp_challenges c WHERE c.purpose = for_purpose AND c.identifier_hash = identifier FOR UPDATE;
    RETURN lock_keys;
  END $$;`;
