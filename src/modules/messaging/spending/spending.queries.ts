/**
 * Sends that cost something take turns until their transactions end, so that budgets are exact. The two-number keys
 * of advisory locks are apart from the one-number keys of recipients.
 */
export const LOCK_SPENDING = 'SELECT pg_advisory_xact_lock(1936548705, 1)';

/** The clock, not now(): the transaction may be older than its turn. Asked once, so that an index can be searched. */
const since = (interval: string) => `(SELECT clock_timestamp() - interval '${interval}')`;

/** Suppressed messages count like those that are sent: nobody can tell them apart by what is left. */
const counted = (condition: string, interval: string) =>
  `m.sms_country IS NOT NULL AND ${condition} AND m.created_at > ${since(interval)}`;

const countIn = (condition: string, interval: string) =>
  `(SELECT count(*) FROM messages m
    WHERE ${counted(`${condition} AND m.template = ANY ($1::text[])`, interval)})`;

/**
 * Over `budget (reason, scope, max)`. Whole hours, and one more than a day has: never more than the budget within any
 * 24. `tenant` is the tenant's parameter: its own budget counts, where it has one, and never more than the server's.
 */
const isSpent = (tenant: string, beside = 0) => `
  COALESCE((SELECT sum(s.sent) FROM sms_spending s
            WHERE s.scope = budget.scope AND s.hour > ${since('25 hours')}), 0) + ${beside} >=
    CASE budget.reason
      WHEN 'tenant_budget'
        THEN LEAST(budget.max, (SELECT t.sms_daily_budget FROM tenants t WHERE t.id = ${tenant}::uuid))
      ELSE budget.max
    END`;

/**
 * The first reason not to spend, or null. $1 templates that are counted together, $2 block hashes, $3 address hashes,
 * $4 per block and hour, $5 per address and hour, $6 per address and day; budgets of a day: $7 reasons, $8 scopes,
 * $9 sums; $10 tenant or null; $11 codes of an hour before a block can be held, $12 the percentage of them that has to
 * be verified; $13 whether neither speed nor use of the block is asked.
 */
export const FIND_OBJECTION = `
  SELECT CASE
    WHEN ${countIn('m.sms_address_hash = ANY ($3::bytea[])', '1 hour')} >= $5::int THEN 'address_limit'
    WHEN ${countIn('m.sms_address_hash = ANY ($3::bytea[])', '1 day')} >= $6::int THEN 'address_limit'
    WHEN NOT $13::boolean AND ${countIn('m.sms_block_hash = ANY ($2::bytea[])', '1 hour')} >= $4::int
      THEN 'block_limit'
    ELSE COALESCE(
      (SELECT budget.reason
       FROM unnest($7::text[], $8::text[], $9::int[]) WITH ORDINALITY AS budget (reason, scope, max, place)
       WHERE ${isSpent('$10')} ORDER BY budget.place LIMIT 1),
      (SELECT 'verification_ratio' FROM messages m
       WHERE NOT $13::boolean AND 'otp' = ANY ($1::text[]) AND m.template = 'otp'
         AND ${counted('m.sms_block_hash = ANY ($2::bytea[])', '1 hour')}
       HAVING count(*) >= $11::int AND count(m.verified_at) * 100 < count(*) * $12::int)
    )
  END AS objection`;

/**
 * Charges the budgets, and tells which of them are spent by that. $1 reasons, $2 scopes, $3 sums, $4 tenant or null. Only
 * under LOCK_SPENDING: without it there would be two rows of an hour.
 */
export const SPEND = `
  WITH budget AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS budget (reason, scope, max)
  ), present AS MATERIALIZED (
    SELECT date_trunc('hour', clock_timestamp(), 'UTC') AS hour
  ), charged AS (
    UPDATE sms_spending s SET sent = s.sent + 1 FROM budget, present
    WHERE s.scope = budget.scope AND s.hour = present.hour RETURNING s.scope
  ), begun AS (
    INSERT INTO sms_spending (scope, hour, sent)
    SELECT budget.scope, present.hour, 1 FROM budget, present WHERE budget.scope NOT IN (SELECT scope FROM charged)
  )
  SELECT budget.reason FROM budget WHERE ${isSpent('$4', 1)}`;

export const DELETE_OLD_SPENDING = `DELETE FROM sms_spending WHERE hour < now() - interval '2 days'`;

/** $1 recipient hashes. Every code of the last hour: one of them was read, so the number is a person's. */
export const MARK_VERIFIED = `
  UPDATE messages m SET verified_at = now()
  WHERE m.recipient_hash = ANY ($1::bytea[]) AND m.sms_country IS NOT NULL AND m.template = 'otp'
    AND m.verified_at IS NULL AND m.created_at > ${since('1 hour')}`;

/** A row where nobody was told of this scope lately. $1 scope, $2 seconds that are lately. */
export const RAISE_ALERT = `
  INSERT INTO sms_alerts (scope, raised_at) VALUES ($1, clock_timestamp())
  ON CONFLICT (scope) DO UPDATE SET raised_at = clock_timestamp()
  WHERE sms_alerts.raised_at <= clock_timestamp() - make_interval(secs => $2)
  RETURNING scope`;

export const DELETE_OLD_ALERTS = `DELETE FROM sms_alerts WHERE raised_at < now() - interval '2 days'`;
