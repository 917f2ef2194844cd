import type { SessionState } from '../../common/actor.js';
import { type PermissionMap, unite } from '../../common/permissions.js';

/** Over `t`, the session's tenant or nothing, and the time a session was created: true once it is too old there. */
export const isTooOld = (createdAt: string): string =>
  `COALESCE(${createdAt} + make_interval(secs => t.session_lifetime_seconds) <= now(), false)`;

/** Over `s` and `t`. The absolute end: the server's, or the tenant's where that comes first. */
export const SESSION_END = `LEAST(s.expires_at, s.created_at + make_interval(secs => t.session_lifetime_seconds))`;

/**
 * Everything an authenticated request must see as it is now, read in one go: session, person, membership, role.
 * To be used over `s`, rows of `sessions`.
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
 * Closed people have no state. Suspended memberships or tenants, and tenants that want younger sessions, leave the
 * right side empty.
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

/** The session can still be used. */
export const LIVE = `s.revoked_at IS NULL AND s.idle_expires_at > now()`;

/** Over `sessions`: the least token version that no token has had. */
export const NEXT_VERSION = `COALESCE(successor_version, token_version) + 1`;

export interface NewSession {
  userId: string;
  tenantId: string | null;
  /** RFC 8176 names of how the person was authenticated. */
  methods: string[];
  /** Where no refresh token is handed out. Default: its refresh token alone renews it. */
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
 * Null where the session's tenant is no longer open to the person, and where the person has a second factor that the
 * session never showed: such a session is over, for requests, refreshes and switches alike.
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

/** The session with the pair that waits in the place of the present one. */
export function withSuccessor(state: SessionState): SessionState {
  const { successorVersion: version } = state;
  if (version === null) throw new Error('No pair waits for its first use');
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
      // A department's role adds rights, never a level
      permissions: unite(row.permissions, row.department_permissions),
    },
    departmentId: row.department_id,
    teamIds: row.team_ids,
    assignedAgents: row.assigned_agents,
  };
}
