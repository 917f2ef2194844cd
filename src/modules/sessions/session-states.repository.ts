import { Injectable } from '@nestjs/common';
import type { SessionState } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { type StateRow, toSessionState } from './session-state.js';

/**
 * The present state of sessions. This file is the one place that joins sessions (or API keys in their stead) with users,
 * memberships and roles for the hot path; the statements of other repositories that return a state are made of its
 * parts.
 */
@Injectable()
export class SessionStatesRepository {
  constructor(private readonly database: Database) {}

  /** By id, those of these sessions that are valid. */
  async read(ids: string[]): Promise<Map<string, SessionState>> {
    const rows = await this.database.autocommitAcrossTenants.many<StateRow>(READ_STATES, [ids]);
    const states = rows.map(toSessionState).filter((state) => state !== null);
    return new Map(states.map((state) => [state.sessionId, state]));
  }
}

/**
 * SQL over `t`, the session's tenant or null columns: true if a session created at `createdAt` exceeds the tenant's
 * session lifetime.
 */
export const isTooOld = (createdAt: string): string =>
  `COALESCE(${createdAt} + make_interval(secs => t.session_lifetime_seconds) <= now(), false)`;

/** Over `s` and `t`. The absolute end of the session: the server's limit, or the tenant's if earlier. */
export const SESSION_END = `LEAST(s.expires_at, s.created_at + make_interval(secs => t.session_lifetime_seconds))`;

/**
 * What an authenticated request needs of the present state, read in one statement: session, user, membership and role.
 * Use over `s`, rows of `sessions`.
 */
export const STATE_COLUMNS = `
  s.id AS session_id, s.token_version, s.generation, s.refresh_version, s.successor_version,
  extract(epoch FROM now() - s.authenticated_at)::float8 AS sign_in_age, ${SESSION_END} AS expires_at, s.in_cookie,
  s.tenant_id,
  u.id AS user_id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.pending_email,
  u.phone, u.phone_verified_at IS NOT NULL AS phone_verified,
  u.first_name, u.last_name, u.avatar, u.locale, u.time_zone, u.public_metadata, u.created_at AS user_created_at,
  f.user_id IS NOT NULL AS two_factor_enabled, 'mfa' = ANY(s.methods) AS multi_factor,
  m.id AS membership_id, m.department_id, m.assigned_agents,
  ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS team_ids,
  t.slug AS tenant_slug, t.name AS tenant_name, t.product, t.require_two_factor, t.support_access, s.operator_id,
  CASE WHEN s.operator_id IS NOT NULL THEN
    (SELECT o.allowed_addresses::text[] FROM operators o WHERE o.id = s.operator_id) END AS operator_addresses,
  r.key AS role_key, r.name AS role_name, r.level AS role_level, r.permissions::text AS permissions,
  dr.permissions::text AS department_permissions`;

/**
 * Sessions of inactive users are excluded. If the membership or tenant is not active, or the session exceeds the
 * tenant's lifetime, the membership columns are null.
 */
export const STATE_JOINS = `
  JOIN users u ON u.id = s.user_id AND u.status = 'active'
  LEFT JOIN totp_factors f ON f.user_id = u.id AND f.confirmed_at IS NOT NULL
  LEFT JOIN (memberships m
      JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
      JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
      LEFT JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
      LEFT JOIN roles dr ON dr.tenant_id = d.tenant_id AND dr.id = d.role_id)
    ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.status = 'active'
      AND NOT ${isTooOld('s.created_at')}`;

const NOT_ENDED = `s.revoked_at IS NULL AND s.idle_expires_at > now()`;

/**
 * Over `s`: not revoked, not expired. A session of an operator in the place of the person lives no longer than the
 * operator's own.
 */
export const LIVE = `${NOT_ENDED} AND (s.operator_session_id IS NULL OR EXISTS (
    SELECT FROM operator_sessions os JOIN operators o ON o.id = os.operator_id AND o.disabled_at IS NULL
    WHERE os.id = s.operator_session_id AND os.ended_at IS NULL AND os.expires_at > now()))`;

/** Over `sessions`: the next unused token version. */
export const NEXT_VERSION = `COALESCE(successor_version, token_version) + 1`;

/** $1 ids. Requests of one tick share this statement. */
const READ_STATES: Statement = {
  name: 'read-session-states',
  text: `SELECT ${STATE_COLUMNS} FROM sessions s ${STATE_JOINS} WHERE s.id = ANY($1::uuid[]) AND ${LIVE}`,
};
