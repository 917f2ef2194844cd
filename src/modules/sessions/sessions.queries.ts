import type { Statement } from '../../database/queries.js';
import { countRefresh, REFRESH_MOVED } from './refresh-count.js';
import { isTooOld, LIVE, NEXT_VERSION, SESSION_END, STATE_COLUMNS, STATE_JOINS } from './session-state.js';

/** $1 ids. On the hot path: requests of one tick share this statement. */
export const READ_STATES: Statement = {
  name: 'read-session-states',
  text: `SELECT ${STATE_COLUMNS} FROM sessions s ${STATE_JOINS} WHERE s.id = ANY($1::uuid[]) AND ${LIVE}`,
};

/** $1 id, $2 user. */
export const IS_SESSION_OPEN: Statement = {
  name: 'is-session-open',
  text: `SELECT 1 FROM sessions s WHERE s.id = $1 AND s.user_id = $2 AND ${LIVE}`,
};

const AUDIT_COLUMNS = `(id, tenant_id, actor_kind, actor_id, action, outcome, target_kind, target_id,
                        address, user_agent, request_id, detail)`;

/**
 * $1 id, $2 user, $3 tenant or null, $4 methods, $5 user agent, $6 address, $7 idle seconds, $8 absolute seconds, $9
 * sessions allowed per user, $10 audit id, $11 request id, $12 whether its access token renews it. The caller has
 * locked the user, so the session limit is exact. No row if the user is not an active member of the tenant.
 */
export const OPEN_SESSION: Statement = {
  name: 'open-session',
  text: `
    WITH s AS (
      INSERT INTO sessions (id, user_id, tenant_id, methods, user_agent, address, idle_expires_at, expires_at,
        renewable_by_access_token)
      SELECT $1::uuid, $2::uuid, $3::uuid, $4::text[], $5, $6,
        now() + make_interval(secs => LEAST($7::float8, $8::float8)), now() + make_interval(secs => $8::float8),
        $12::boolean
      WHERE $3::uuid IS NULL
        OR EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $3 AND user_id = $2 AND status = 'active')
      RETURNING *
    ), oldest_ended AS (
      UPDATE sessions SET revoked_at = now(), revoked_reason = 'session_limit'
      WHERE id IN (SELECT o.id FROM sessions o
                   WHERE o.user_id = $2 AND o.revoked_at IS NULL AND o.idle_expires_at > now()
                   ORDER BY o.created_at DESC, o.id DESC OFFSET $9 - 1)
      RETURNING id
    ), used AS (
      UPDATE memberships SET last_used_at = now() WHERE tenant_id = $3 AND user_id = $2
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $10, s.tenant_id, 'user', s.user_id, 'session.created', 'success', 'session', s.id,
             $6, $5, $11, jsonb_strip_nulls(jsonb_build_object(
               'methods', s.methods, 'ended', (SELECT jsonb_agg(id) FROM oldest_ended))) FROM s
    )
    SELECT ${STATE_COLUMNS},
      EXISTS (SELECT 1 FROM sessions o WHERE o.user_id = $2) AND NOT EXISTS (
        SELECT 1 FROM sessions o WHERE o.user_id = $2 AND o.user_agent IS NOT DISTINCT FROM $5) AS new_device
    FROM s ${STATE_JOINS}`,
};

/** Over `sessions`: the refresh token is the current one, or the first one of the successor pair. */
const isExchangeable = (version: string, generation: string): string => `(
  ${version} = refresh_version AND ${generation} = generation OR ${version} = successor_version AND ${generation} = 0)`;

const IS_PRESENTED = isExchangeable('presented_version', 'presented_generation');

/**
 * $1 ids, $2 presented versions, $3 presented generations, $4 audit ids, $5 addresses, $6 user agents, $7 request ids,
 * in matching order; $8 idle seconds. Returns the states of the sessions that rotated, by audit id. The statement locks
 * a session before it evaluates it, so of any number of parallel calls for one generation exactly one rotates. The
 * first token of the successor pair makes that pair the current one and invalidates every older version.
 */
const rotate = (name: string, onLocked: 'SKIP LOCKED' | ''): Statement => ({
  name,
  text: `
    WITH presented AS (
      SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::text[], $6::text[], $7::text[])
        AS p (session_id, presented_version, presented_generation, audit_id, from_address, by_agent, request_id)
    ), held AS (
      SELECT sessions.id FROM sessions JOIN presented ON session_id = sessions.id AND ${IS_PRESENTED}
      WHERE revoked_at IS NULL AND idle_expires_at > now()
        AND NOT EXISTS (SELECT 1 FROM tenants t WHERE t.id = sessions.tenant_id AND ${isTooOld('sessions.created_at')})
      FOR NO KEY UPDATE OF sessions ${onLocked}
    ), s AS (
      UPDATE sessions SET generation = presented_generation + 1, refresh_version = presented_version,
        token_version = GREATEST(token_version, presented_version),
        successor_version = NULLIF(successor_version, presented_version),
        rotated_at = now(), last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $8::float8), expires_at),
        ${countRefresh('from_address', 'by_agent')}
      FROM presented
      WHERE sessions.id IN (SELECT id FROM held) AND session_id = sessions.id AND ${IS_PRESENTED}
      RETURNING sessions.*, audit_id, from_address, by_agent, request_id
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT audit_id, s.tenant_id, 'user', s.user_id, 'session.refreshed', 'success', 'session', s.id,
        from_address, by_agent, request_id, '{}'
      FROM s WHERE ${REFRESH_MOVED}
    )
    SELECT s.audit_id, ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
});

/** Skips sessions that another transaction has locked, so they do not delay the rotation of others. */
export const ROTATE_SESSIONS = rotate('rotate-sessions', 'SKIP LOCKED');

/** Waits for the lock on the session. */
export const ROTATE_LOCKED_SESSION = rotate('rotate-locked-session', '');

/**
 * $1 id, $2 the caller's token version, $3 idle seconds, $4 audit id, $5 address, $6 user agent, $7 request id. Extends
 * the session and leaves its tokens unchanged. A session that ends at the same time stays ended, and one opened with a
 * refresh token is not renewed.
 */
export const RENEW_SESSION: Statement = {
  name: 'renew-session',
  text: `
    WITH s AS (
      UPDATE sessions SET last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $3::float8), expires_at),
        ${countRefresh('$5', '$6')}
      WHERE id = $1 AND token_version = $2 AND renewable_by_access_token
        AND revoked_at IS NULL AND idle_expires_at > now()
      RETURNING *
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $4, s.tenant_id, 'user', s.user_id, 'session.refreshed', 'success', 'session', s.id, $5, $6, $7, '{}'
      FROM s WHERE ${REFRESH_MOVED}
    )
    SELECT ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
};

/**
 * $1 id, $2 the caller's token version, $3 user, $4 the target tenant, $5 idle seconds, $6 audit id, $7 address, $8
 * user agent, $9 request id. One statement, so of any number of parallel calls exactly one switches the session. The
 * membership is locked before the session, as in every statement that removes a membership. Without `rotated_at`, the
 * old refresh token is outside the grace period (ASSESS_REFRESH). A session opened on a trusted device has no 'otp'
 * among its methods. A session that exceeds the tenant's lifetime is not switched.
 */
export const SWITCH_SESSION: Statement = {
  name: 'switch-session',
  text: `
    WITH target AS (
      SELECT m.id, t.session_lifetime_seconds, t.require_two_factor AND f.user_id IS NULL AS enrolment_required,
        f.user_id IS NOT NULL AND NOT t.allow_trusted_devices AND EXISTS (
          SELECT 1 FROM sessions o WHERE o.id = $1 AND NOT 'otp' = ANY(o.methods)) AS factor_required
      FROM memberships m
      JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
      LEFT JOIN totp_factors f ON f.user_id = m.user_id AND f.confirmed_at IS NOT NULL
      WHERE m.tenant_id = $4 AND m.user_id = $3 AND m.status = 'active'
      FOR NO KEY UPDATE OF m
    ), s AS (
      UPDATE sessions SET tenant_id = $4, token_version = ${NEXT_VERSION}, successor_version = NULL,
        generation = generation + 1, rotated_at = NULL, last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $5::float8), expires_at)
      FROM target t
      WHERE sessions.id = $1 AND sessions.user_id = $3 AND token_version = $2
        AND revoked_at IS NULL AND idle_expires_at > now() AND NOT ${isTooOld('sessions.created_at')}
        AND NOT t.enrolment_required AND NOT t.factor_required
      RETURNING sessions.*
    ), used AS (
      UPDATE memberships SET last_used_at = now() FROM s WHERE memberships.tenant_id = $4 AND memberships.user_id = $3
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $6, s.tenant_id, 'user', s.user_id, 'session.switched', 'success', 'session', s.id, $7, $8, $9, '{}'
      FROM s
    )
    SELECT EXISTS (SELECT 1 FROM target) AS is_member, (SELECT enrolment_required FROM target),
      (SELECT factor_required FROM target),
      EXISTS (SELECT 1 FROM target t, sessions o WHERE o.id = $1 AND ${isTooOld('o.created_at')}) AS is_too_old,
      ${STATE_COLUMNS}
    FROM (SELECT) AS one LEFT JOIN (s ${STATE_JOINS}) ON true`,
};

/**
 * $1 id, $2 presented version, $3 presented generation, $4 grace seconds. Classifies a refresh that rotated nothing. A
 * token replaced by a switch within the grace period may come from a client that did both at once: it is rejected, but
 * not treated as a replay. The grace period does not extend across versions. A token of a pair that was replaced before
 * its first use is superseded like one that was exchanged.
 */
export const ASSESS_REFRESH: Statement = {
  name: 'assess-refresh',
  text: `
    SELECT ${STATE_COLUMNS}, ${LIVE} AS live, ${isExchangeable('$2', '$3')} AS exchangeable,
      s.refresh_version = $2 AND s.generation = $3 + 1
        AND s.rotated_at + make_interval(secs => $4::float8) > now() AS in_grace,
      CASE
        WHEN $2 = s.refresh_version THEN s.generation > $3 AND NOT (
          s.generation = $3 + 1 AND s.rotated_at IS NULL AND s.last_used_at + make_interval(secs => $4::float8) > now())
        ELSE $2 < COALESCE(s.successor_version, s.token_version + 1)
      END AS superseded
    FROM sessions s ${STATE_JOINS} WHERE s.id = $1`,
};

/** $1 user. The valid sessions, newest first. */
export const LIST_SESSIONS: Statement = {
  name: 'list-sessions',
  text: `
    SELECT s.id, s.user_agent AS "userAgent", s.address, s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt",
      ${SESSION_END} AS "expiresAt"
    FROM sessions s LEFT JOIN tenants t ON t.id = s.tenant_id
    WHERE s.user_id = $1 AND ${LIVE} AND NOT ${isTooOld('s.created_at')}
    ORDER BY s.created_at DESC, s.id DESC`,
};
