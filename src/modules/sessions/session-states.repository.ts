import { Injectable } from '@nestjs/common';
import type { SessionState } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { lacksPermissions, type StateRow, toSessionState } from './session-state.js';

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
    const query = (statement: Statement, wanted: string[]) =>
      this.database.autocommitAcrossTenants.many<StateRow>(statement, [wanted]);
    const rows = await query(READ_STATES, ids);
    const states = await convertRows(rows, toSessionState, (lacking) =>
      query(
        READ_COMPLETE_STATES,
        lacking.map(({ session_id: id }) => id),
      ),
    );
    return new Map(states.flatMap((state) => (state ? [[state.sessionId, state] as const] : [])));
  }
}

/**
 * Converts rows without permissions; those of roles that this server does not know as they are now are read again, with
 * the permissions, by `readAgain`.
 */
export async function convertRows<Row extends StateRow, Result>(
  rows: Row[],
  convert: (row: Row) => Result,
  readAgain: (lacking: Row[]) => Promise<Row[]>,
): Promise<Result[]> {
  const lacking = rows.filter(lacksPermissions);
  if (lacking.length === 0) return rows.map(convert);
  // At once: what is known may be displaced while the others are read
  const converted = rows.filter((row) => !lacking.includes(row)).map(convert);
  return [...converted, ...(await readAgain(lacking)).map(convert)];
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
 * What an authenticated request needs of the present state, read in one statement: session, user, membership and role,
 * but for the role's permissions, which its revision stands for. Use over `s`, rows of `sessions`.
 */
export const LEAN_STATE_COLUMNS = `
  s.id AS session_id, s.token_version, s.generation, s.refresh_version, s.successor_version,
  date_part('epoch', now() - s.authenticated_at) AS sign_in_age, date_part('epoch', ${SESSION_END}) AS expires_at,
  s.in_cookie,
  s.tenant_id,
  u.id AS user_id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.pending_email,
  u.phone, u.phone_verified_at IS NOT NULL AS phone_verified,
  u.first_name, u.last_name, u.avatar, u.locale, u.time_zone, u.public_metadata,
  date_part('epoch', u.created_at) AS user_created_at,
  f.user_id IS NOT NULL AS two_factor_enabled, 'mfa' = ANY(s.methods) AS multi_factor,
  m.id AS membership_id, m.department_id, m.assigned_agents,
  ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS team_ids,
  t.slug AS tenant_slug, t.name AS tenant_name, t.product, t.require_two_factor, t.support_access, s.operator_id,
  CASE WHEN s.operator_id IS NOT NULL THEN
    (SELECT o.allowed_addresses::text[] FROM operators o WHERE o.id = s.operator_id) END AS operator_addresses,
  r.key AS role_key, r.name AS role_name, r.level AS role_level,
  COALESCE(r.revision, r.id) AS role_revision, COALESCE(dr.revision, dr.id) AS department_revision`;

/** As `LEAN_STATE_COLUMNS`, with the permissions. */
export const STATE_COLUMNS = `${LEAN_STATE_COLUMNS},
  r.permissions::text AS permissions, dr.permissions::text AS department_permissions`;

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

const readStates = (columns: string) =>
  `SELECT ${columns} FROM sessions s ${STATE_JOINS} WHERE s.id = ANY($1::uuid[]) AND ${LIVE}`;

/** $1 ids. Requests of one tick share this statement. */
const READ_STATES: Statement = { name: 'read-session-states', text: readStates(LEAN_STATE_COLUMNS) };

/** $1 ids, of sessions whose role has changed or is used at this server for the first time. */
const READ_COMPLETE_STATES: Statement = {
  name: 'read-complete-session-states',
  text: readStates(STATE_COLUMNS),
};
