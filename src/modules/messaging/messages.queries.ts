/** $1 the recipient's lock key: parallel sends to one recipient take turns until their transactions end. */
export const LOCK_RECIPIENT = 'SELECT pg_advisory_xact_lock($1::bigint)';

/**
 * True where a limit is spent. Suppressed messages count only against suppressed ones, and notices only where the
 * kind is the same. The clock, not now(): a transaction may be older than its message.
 *
 * $1 recipient hashes, the current one first, $2 kind, $3 whether suppressed; per limit: $4 seconds, $5 max,
 * $6 same kind only.
 */
const IS_LIMITED = `
  EXISTS (
    SELECT 1 FROM unnest($4::int[], $5::int[], $6::boolean[]) AS send_limit (seconds, max, same_kind)
    WHERE send_limit.max <= (
      SELECT count(*) FROM messages m
      WHERE m.recipient_hash = ANY ($1::bytea[])
        AND m.created_at > clock_timestamp() - make_interval(secs => send_limit.seconds)
        AND (m.status = 'suppressed') = $3::boolean
        AND CASE WHEN send_limit.same_kind THEN m.template = $2::text ELSE m.template NOT LIKE 'notice:%' END
    )
  )`;

export const CHECK_LIMITS = `SELECT ${IS_LIMITED} AS limited`;

/**
 * Inserts unless limited; no row means limited. $7 id, $8 channel, $9 payload, $10 status, $11 expires at; what an SMS
 * is counted under, or null: $12 country, $13 block hash, $14 address hash.
 */
export const INSERT_WITHIN_LIMITS = `
  INSERT INTO messages (id, channel, template, recipient_hash, payload_encrypted, status, created_at, expires_at,
                        sms_country, sms_block_hash, sms_address_hash)
  SELECT $7, $8, $2, ($1::bytea[])[1], $9, $10, clock_timestamp(), $11, $12, $13, $14 WHERE NOT ${IS_LIMITED}
  RETURNING id`;

/** $1 recipient hashes or null for everybody's, $2 how many. */
export const LIST_RECENT = `
  SELECT id, channel, template, payload_encrypted, created_at FROM messages
  WHERE status NOT IN ('suppressed', 'withheld') AND payload_encrypted IS NOT NULL
    AND ($1::bytea[] IS NULL OR recipient_hash = ANY ($1))
  ORDER BY created_at DESC, id DESC
  LIMIT $2`;

/** $1 id */
export const FIND_RECENT = `
  SELECT id, channel, template, payload_encrypted, created_at FROM messages
  WHERE id = $1 AND status NOT IN ('suppressed', 'withheld') AND payload_encrypted IS NOT NULL`;

/**
 * Counts a try before it begins: a server that dies during it leaves it counted. $1 id. Expiry is judged by the
 * database's clock, which all instances share.
 */
export const BEGIN_TRY = `
  UPDATE messages SET unanswered_tries = unanswered_tries + 1
  WHERE id = $1 AND status = 'queued' AND payload_encrypted IS NOT NULL
  RETURNING id, channel, payload_encrypted, created_at, expires_at, unanswered_tries,
    (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 AS remaining_ms`;

/** $1 id. The try was refused, so the recipient certainly got nothing from it. */
export const ANSWER_TRY = `
  UPDATE messages SET unanswered_tries = unanswered_tries - 1 WHERE id = $1 AND status = 'queued'`;

/** $1 id, $2 status, $3 whether what the message said is forgotten. */
export const CLOSE_QUEUED = `
  UPDATE messages SET
    status = $2,
    sent_at = CASE WHEN $2 = 'sent' THEN now() END,
    payload_encrypted = CASE WHEN $3 THEN NULL ELSE payload_encrypted END
  WHERE id = $1 AND status = 'queued'`;

/** $1 days since the message was made, $2 days since it expired, $3 at most so many. */
export const DELETE_OLD = `
  DELETE FROM messages WHERE id IN (
    SELECT id FROM messages
    WHERE created_at < now() - make_interval(days => LEAST($1::int, $2::int))
      AND (created_at < now() - make_interval(days => $1::int) OR expires_at < now() - make_interval(days => $2::int))
    ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )`;
