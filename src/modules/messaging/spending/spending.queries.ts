/**
 * Sends that cost something take turns until their transactions end, so that budgets are exact. The two-number keys
 * of advisory locks are apart from the one-number keys of recipients.
 */
export const LOCK_SPENDING = 'SELECT pg_advisory_xact_lock(1936548705, 1)';

/** The clock, not now(): the transaction may be older than its turn. Asked once, so that an index can be searched. */
const since = (interval: string) => `(SELECT clock_timestamp() - interval '${interval}')`;

/** Suppressed messages count only against suppressed ones. */
const counted = (condition: string) =>
  `m.sms_country IS NOT NULL AND (m.status = 'suppressed') = $1::boolean AND ${condition}
   AND m.created_at > ${since('1 hour')}`;

/** Whole hours, and one more than a day has: never more than the budget within any 24. */
const HAS_SPENT_BUDGET = `
  EXISTS (
    SELECT 1 FROM sms_spending s WHERE s.scope = budget.scope AND s.hour > ${since('25 hours')}
    HAVING COALESCE(sum(s.sent), 0) >= CASE budget.reason
      -- A tenant's own budget, where it has one, and never more than the server's
      WHEN 'tenant_budget' THEN LEAST(budget.max, (SELECT t.sms_daily_budget FROM tenants t WHERE t.id = $12::uuid))
      ELSE budget.max
    END
  )`;

/** Enough to judge a country by; more would only take longer. */
const JUDGED_CODES = 2_000;

/**
 * The first reason not to spend, or null. $1 whether suppressed, $2 country, $3 block hashes, $4 address hashes, $5 per
 * block and hour, $6 per address and hour; budgets of a day: $7 reasons, $8 scopes, $9 sums; $10 codes of an hour
 * before a country can be held, $11 the percentage of them that has to be verified; $12 tenant or null.
 */
export const FIND_OBJECTION = `
  SELECT CASE
    WHEN (SELECT count(*) FROM messages m WHERE ${counted('m.sms_address_hash = ANY ($4::bytea[])')}) >= $6::int
      THEN 'address_limit'
    WHEN (SELECT count(*) FROM messages m WHERE ${counted('m.sms_block_hash = ANY ($3::bytea[])')}) >= $5::int
      THEN 'block_limit'
    ELSE COALESCE(
      (SELECT budget.reason FROM unnest($7::text[], $8::text[], $9::int[]) AS budget (reason, scope, max)
       WHERE ${HAS_SPENT_BUDGET} LIMIT 1),
      (SELECT 'verification_ratio'
       FROM (
         SELECT m.verified_at FROM messages m WHERE ${counted(`m.sms_country = $2 AND m.template = 'otp'`)}
         ORDER BY m.created_at DESC LIMIT ${JUDGED_CODES}
       ) AS code
       HAVING count(*) >= $10::int AND count(code.verified_at) * 100 < count(*) * $11::int)
    )
  END AS objection`;

/** $1 scopes. Only under LOCK_SPENDING: the rows are locked in whatever order they come. */
export const SPEND = `
  INSERT INTO sms_spending (scope, hour, sent)
  SELECT unnest($1::text[]), date_trunc('hour', clock_timestamp(), 'UTC'), 1
  ON CONFLICT (scope, hour) DO UPDATE SET sent = sms_spending.sent + 1`;

export const DELETE_OLD_SPENDING = `DELETE FROM sms_spending WHERE hour < now() - interval '2 days'`;

/** $1 recipient hashes. Every code of the last hour: one of them was read, so the number is a person's. */
export const MARK_VERIFIED = `
  UPDATE messages m SET verified_at = now()
  WHERE m.recipient_hash = ANY ($1::bytea[]) AND m.sms_country IS NOT NULL AND m.template = 'otp'
    AND m.verified_at IS NULL AND m.status <> 'suppressed' AND m.created_at > ${since('1 hour')}`;
