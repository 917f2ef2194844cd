/**
 * Serialises all sends of SMS until their transactions end, so that budgets are exact. PostgreSQL keeps advisory locks
 * with two keys apart from those with one key, which LOCK_LIMIT uses.
 */
export const LOCK_SPENDING = 'SELECT pg_advisory_xact_lock(1936548705, 1)';

/**
 * Uses clock_timestamp(), not now(): the transaction may have waited for the lock. The subquery is evaluated once, so
 * that PostgreSQL can use an index.
 */
const since = (interval: string) => `(SELECT clock_timestamp() - interval '${interval}')`;

/** Counts suppressed messages like sent ones, so that the limits do not disclose which of them a message was. */
const counted = (condition: string, interval: string) =>
  `m.sms_country IS NOT NULL AND ${condition} AND m.created_at > ${since(interval)}`;

const countIn = (condition: string, interval: string) =>
  `(SELECT count(*) FROM messages m
    WHERE ${counted(`${condition} AND m.template = ANY ($1::text[])`, interval)})`;

/**
 * Alias: `budget (reason, scope, max)`. Counts full hours, one more than a day has, so that no window of 24 hours
 * exceeds the budget. `tenant`: the parameter with the tenant's id, whose own budget applies if it is smaller than the
 * server's.
 */
const isSpent = (tenant: string, added = 0) => `
  COALESCE((SELECT sum(s.sent) FROM sms_spending s
            WHERE s.scope = budget.scope AND s.hour > ${since('25 hours')}), 0) + ${added} >=
    CASE budget.reason
      WHEN 'tenant_budget'
        THEN LEAST(budget.max, (SELECT t.sms_daily_budget FROM tenants t WHERE t.id = ${tenant}::uuid))
      ELSE budget.max
    END`;

/**
 * The first reason to withhold an SMS, or null. $1 templates that are counted together, $2 block hashes, $3 address
 * hashes; maxima: $4 per block and hour, $5 per address and hour, $6 per address and day; daily budgets: $7 reasons,
 * $8 scopes, $9 maxima; $10 tenant or null; $11 codes in an hour from which on a block can be held, $12 the percentage
 * of them that must be verified; $13 whether to skip the checks of the block.
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
 * Charges the budgets, and returns the reasons of those that are used up by this. $1 reasons, $2 scopes, $3 maxima,
 * $4 tenant or null. Run it only under LOCK_SPENDING: otherwise there could be two rows for an hour.
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

/** $1 recipient hashes. Marks every code of the last hour: one correct code shows that the number has a real user. */
export const MARK_VERIFIED = `
  UPDATE messages m SET verified_at = now()
  WHERE m.recipient_hash = ANY ($1::bytea[]) AND m.sms_country IS NOT NULL AND m.template = 'otp'
    AND m.verified_at IS NULL AND m.created_at > ${since('1 hour')}`;

/** $1 scope, $2 seconds. Returns a row unless an alert of this scope was raised within these seconds. */
export const RAISE_ALERT = `
  INSERT INTO sms_alerts (scope, raised_at) VALUES ($1, clock_timestamp())
  ON CONFLICT (scope) DO UPDATE SET raised_at = clock_timestamp()
  WHERE sms_alerts.raised_at <= clock_timestamp() - make_interval(secs => $2)
  RETURNING scope`;

export const DELETE_OLD_ALERTS = `DELETE FROM sms_alerts WHERE raised_at < now() - interval '2 days'`;
