import type { Counted } from './send-limits.js';

/** $1 the lock's key. Transactions with the same key are serialised from here to their end. */
export const LOCK_LIMIT = 'SELECT pg_advisory_xact_lock($1::bigint)';

const TO_RECIPIENT = 'm.recipient_hash = ANY ($1::bytea[])';

/**
 * When the message was created that must leave the window before another one is allowed; no row if one is allowed now.
 */
const oldestOf = (condition: string, count: string) => `
  CROSS JOIN LATERAL (
    SELECT m.created_at FROM messages m
    WHERE ${condition} AND m.created_at > clock_timestamp() - make_interval(secs => send_limit.seconds)
    ORDER BY m.created_at DESC OFFSET ${count} - 1 LIMIT 1
  )`;

/** Seconds until each limit of this kind allows another message; no row for a limit that allows one now. */
const waitFor = (counted: Counted, ...conditions: [string, ...string[]]) => `
  SELECT send_limit.seconds + extract(epoch FROM LEAST(${conditions.map((_, at) => `m${at}.created_at`).join()})
                                                 - clock_timestamp()) AS seconds
  FROM unnest($4::int[], $5::int[], $6::int[], $7::text[]) AS send_limit (seconds, max, reserve, counted)
  ${conditions.map((one, at) => `${oldestOf(one, at === 0 ? 'send_limit.max' : 'send_limit.reserve')} AS m${at}`).join('')}
  WHERE send_limit.counted = '${counted}'`;

/**
 * Seconds to wait, or null if every limit allows the message. Counts suppressed and withheld messages like sent ones,
 * so that the limits do not disclose which of them a message was. Uses clock_timestamp(), not now(): a transaction may
 * be older than its message.
 *
 * $1 recipient hashes, the current one first, $2 template, $3 purpose; per limit: $4 seconds, $5 max, $6 reserve, $7
 * what is counted; $8 purposes that share a limit at the recipient; hashes, or null, of the sender's $9 tenant, $10
 * account and $11 session.
 */
const WAIT = `
  SELECT max(seconds) AS seconds FROM (
    ${waitFor('template', `${TO_RECIPIENT} AND m.template = $2::text`)}
    UNION ALL ${waitFor(
      'purpose',
      `${TO_RECIPIENT} AND m.purpose = ANY ($8::text[])`,
      `${TO_RECIPIENT} AND m.purpose = $3::text`,
    )}
    UNION ALL ${waitFor('tenant', 'm.sender_tenant_hash = ANY ($9::bytea[]) AND m.purpose = $3::text')}
    UNION ALL ${waitFor('account', 'm.sender_user_hash = ANY ($10::bytea[]) AND m.purpose = $3::text')}
    UNION ALL ${waitFor(
      'session',
      'm.sender_user_hash = ANY ($10::bytea[]) AND m.sender_session_hash = ANY ($11::bytea[]) AND m.purpose = $3::text',
    )}
  ) AS wait`;

export const CHECK_LIMITS = `SELECT ceil(seconds)::int AS wait FROM (${WAIT}) AS wait`;

/**
 * Inserts the message if every limit allows it; else returns the seconds until they do. $1 to $11 as in WAIT; $12 id,
 * $13 channel, $14 payload, $15 status, $16 expires at; for an SMS to be counted, else null: $17 country, $18 block
 * hash, $19 address hash.
 */
export const INSERT_WITHIN_LIMITS = `
  WITH wait AS MATERIALIZED (${WAIT}), inserted AS (
    INSERT INTO messages (id, channel, template, purpose, recipient_hash, payload_encrypted, status, created_at,
                          expires_at, sms_country, sms_block_hash, sms_address_hash, sender_tenant_hash,
                          sender_user_hash, sender_session_hash)
    SELECT $12::uuid, $13::text, $2, $3, ($1::bytea[])[1], $14::bytea, $15::text, clock_timestamp(),
           $16::timestamptz, $17::text, $18::bytea, $19::bytea, ($9::bytea[])[1],
           ($10::bytea[])[1], ($11::bytea[])[1]
    FROM wait WHERE wait.seconds IS NULL
    RETURNING id
  )
  SELECT ceil(wait.seconds)::int AS wait FROM wait LEFT JOIN inserted ON true`;

/**
 * Returns a row only the first time for an account and a recipient. $1 account, $2 recipient hashes, the current first.
 */
export const MARK_UNCONFIRMED = `
  INSERT INTO unconfirmed_notices (user_id, recipient_hash)
  SELECT $1::uuid, ($2::bytea[])[1]
  WHERE NOT EXISTS (
    SELECT 1 FROM unconfirmed_notices WHERE user_id = $1::uuid AND recipient_hash = ANY ($2::bytea[]))
  ON CONFLICT DO NOTHING
  RETURNING true AS first`;

/** $1 recipient hashes, or null for all recipients, $2 limit. Newest first. */
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
 * Counts the try before it begins, so that it stays counted if the server dies. $1 id. Expiry is computed from the
 * database's clock, which all instances share.
 */
export const BEGIN_TRY = `
  UPDATE messages SET unanswered_tries = unanswered_tries + 1
  WHERE id = $1 AND status = 'queued' AND payload_encrypted IS NOT NULL
  RETURNING id, channel, payload_encrypted, created_at, expires_at, unanswered_tries,
    (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 AS remaining_ms`;

/** $1 id. Uncounts a try that the service rejected: it certainly did not reach the recipient. */
export const ANSWER_TRY = `
  UPDATE messages SET unanswered_tries = unanswered_tries - 1 WHERE id = $1 AND status = 'queued'`;

/** $1 id, $2 status, $3 whether to delete the content. */
export const CLOSE_QUEUED = `
  UPDATE messages SET
    status = $2,
    sent_at = CASE WHEN $2 = 'sent' THEN now() END,
    payload_encrypted = CASE WHEN $3 THEN NULL ELSE payload_encrypted END
  WHERE id = $1 AND status = 'queued'`;

/** $1 days since creation, $2 days since expiry, $3 limit. */
export const DELETE_OLD = `
  DELETE FROM messages WHERE id IN (
    SELECT id FROM messages
    WHERE created_at < now() - make_interval(days => LEAST($1::int, $2::int))
      AND (created_at < now() - make_interval(days => $1::int) OR expires_at < now() - make_interval(days => $2::int))
    ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )`;
