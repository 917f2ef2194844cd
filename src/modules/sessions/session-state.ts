import type { SessionState } from '../../common/actor.js';
import { type PermissionMap, unite } from '../../common/permissions.js';

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
  s.id AS session_id, s.token_version, s.generation, s.refresh_version, s.successor_version, s.authenticated_at, ${SESSION_END} AS expires_at, s.tenant_id,
  u.id AS user_id, u.email, u.email_verified_at, u.pending_email, u.phone, u.phone_verified_at,
  u.first_name, u.last_name, u.avatar, u.created_at AS user_created_at,
  f.user_id IS NOT NULL AS two_factor_enabled, 'mfa' = ANY(s.methods) AS multi_factor,
  m.id AS membership_id, m.department_id, m.assigned_agents,
  ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS team_ids,
  t.slug AS tenant_slug, t.name AS tenant_name, t.require_two_factor,
  r.key AS role_key, r.name AS role_name, r.level AS role_level, r.permissions,
  dr.permissions AS department_permissions`;

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

/** Over `s`: not revoked, not expired. */
export const LIVE = `s.revoked_at IS NULL AND s.idle_expires_at > now()`;

/** Over `sessions`: the next unused token version. */
export const NEXT_VERSION = `COALESCE(successor_version, token_version) + 1`;

export interface NewSession {
  userId: string;
  tenantId: string | null;
  /** RFC 8176 authentication methods. */
  methods: string[];
  /** Set if the client gets no refresh token. By default, only the refresh token renews the session. */
  renewableByAccessToken?: boolean;
}

export interface StateRow {
  session_id: string;
  token_version: number;
  generation: number;
  refresh_version: number;
  successor_version: number | null;
  authenticated_at: Date;
  expires_at: Date;
  tenant_id: string | null;
  user_id: string;
  email: string | null;
  email_verified_at: Date | null;
  pending_email: string | null;
  phone: string | null;
  phone_verified_at: Date | null;
  first_name: string;
  last_name: string;
  avatar: string | null;
  user_created_at: Date;
  two_factor_enabled: boolean;
  multi_factor: boolean;
  membership_id: string | null;
  department_id: string | null;
  assigned_agents: string[];
  team_ids: string[];
  tenant_slug: string;
  tenant_name: string;
  require_two_factor: boolean | null;
  role_key: string;
  role_name: string;
  role_level: number;
  permissions: PermissionMap;
  department_permissions: PermissionMap | null;
}

/**
 * Returns null if the session's membership is no longer active, or if the user has a second factor and the session was
 * not authenticated with it. Such a session is invalid for requests, refreshes and switches.
 */
export function toSessionState(row: StateRow | undefined): SessionState | null {
  if (!row || (row.tenant_id !== null && row.membership_id === null)) return null;
  if (row.two_factor_enabled && !row.multi_factor) return null;
  return {
    sessionId: row.session_id,
    tokenVersion: row.token_version,
    generation: row.generation,
    refreshVersion: row.refresh_version,
    successorVersion: row.successor_version,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    enrolmentRequired: row.require_two_factor === true && !row.two_factor_enabled,
    user: {
      id: row.user_id,
      email: row.email,
      emailVerified: row.email_verified_at !== null,
      pendingEmail: row.pending_email,
      phone: row.phone,
      phoneVerified: row.phone_verified_at !== null,
      firstName: row.first_name,
      lastName: row.last_name,
      avatar: row.avatar,
      twoFactorEnabled: row.two_factor_enabled,
      createdAt: row.user_created_at,
    },
    membership: toMembership(row),
  };
}

/** The session with its successor pair as the current one. Throws if it has none. */
export function withSuccessor(state: SessionState): SessionState {
  const { successorVersion: version } = state;
  if (version === null) throw new Error('The session has no successor pair');
  return { ...state, tokenVersion: version, refreshVersion: version, generation: 0, successorVersion: null };
}

function toMembership(row: StateRow): SessionState['membership'] {
  if (row.tenant_id === null || row.membership_id === null) return null;
  return {
    id: row.membership_id,
    tenant: { id: row.tenant_id, slug: row.tenant_slug, name: row.tenant_name },
    role: {
      key: row.role_key,
      name: row.role_name,
      level: row.role_level,
      // A department's role adds permissions but does not raise the level
      permissions: unite(row.permissions, row.department_permissions),
    },
    departmentId: row.department_id,
    teamIds: row.team_ids,
    assignedAgents: row.assigned_agents,
  };
}
