import type { SessionState } from '../../common/actor.js';
import type { Metadata } from '../../common/metadata.js';
import { type GrantedRole, readPermissions, recallPermissions } from '../../common/permission-cache.js';
import { type SupportAccess, supportPermissions } from '../../common/support-access.js';

/** What `sessions.revoked_reason` says, beside `session_limit`. */
export type EndReason =
  | 'logout'
  | 'ended_by_user'
  | 'password_changed'
  | 'password_recovered'
  | 'refresh_token_reused'
  | 'account_taken_over'
  | 'identifier_proven'
  | 'two_factor_enabled'
  | 'two_factor_disabled'
  | 'ended_by_administrator'
  | 'ended_by_operator'
  | 'member_suspended'
  | 'member_removed'
  | 'account_left'
  | 'email_change_reverted'
  | 'two_factor_reset'
  | 'signed_out_by_operator'
  | 'person_blocked'
  | 'impersonation_ended'
  | 'impersonation_replaced';

export interface NewSession {
  userId: string;
  tenantId: string | null;
  /** RFC 8176 authentication methods. */
  methods: string[];
  /** Set if the client gets no refresh token. By default, only the refresh token renews the session. */
  renewableByAccessToken?: boolean;
}

/** The columns that `SessionStatesRepository` reads. */
export interface StateRow {
  session_id: string;
  token_version: number;
  generation: number;
  refresh_version: number;
  successor_version: number | null;
  sign_in_age: number;
  /** In Unix time, as the others are. */
  expires_at: number;
  in_cookie: boolean;
  tenant_id: string | null;
  user_id: string;
  email: string | null;
  email_verified: boolean;
  pending_email: string | null;
  phone: string | null;
  phone_verified: boolean;
  first_name: string;
  last_name: string;
  avatar: string | null;
  locale: string | null;
  time_zone: string | null;
  public_metadata: Metadata;
  user_created_at: number;
  two_factor_enabled: boolean;
  multi_factor: boolean;
  membership_id: string | null;
  department_id: string | null;
  assigned_agents: string[];
  team_ids: string[];
  tenant_slug: string;
  tenant_name: string;
  product: string | null;
  require_two_factor: boolean | null;
  support_access: SupportAccess | null;
  operator_id: string | null;
  /** The blocks from which that operator may act. */
  operator_addresses: string[] | null;
  role_key: string;
  role_name: string;
  role_level: number;
  role_revision: string;
  department_revision: string | null;
  /** As JSON. Statements of the hot path leave both out (`lacksPermissions`). */
  permissions?: string;
  department_permissions?: string | null;
}

/** True if the row must be read again with the permissions, because nothing is known of these revisions of its roles. */
export function lacksPermissions(row: StateRow): boolean {
  if (row.tenant_id === null || row.membership_id === null || row.permissions !== undefined) return false;
  return recallPermissions(roleOf(row)) === undefined;
}

const roleOf = (row: StateRow): GrantedRole => ({
  level: row.role_level,
  product: row.product,
  revision: row.role_revision,
  departmentRevision: row.department_revision,
});

/** As the driver reads a `timestamptz`: without the microseconds. */
export const toDate = (unixSeconds: number): Date =>
  new Date(Math.floor(Math.round(unixSeconds * 1e6) / 1e3));

/**
 * Returns null if the session's membership is no longer active, or if the user has a second factor and the session was
 * not authenticated with it. Such a session is invalid for requests, refreshes and switches. So is that of an operator in
 * the place of the person, once the tenant forbids it; second factors are not asked of it.
 */
export function toSessionState(row: StateRow | null | undefined): SessionState | null {
  if (!row || (row.tenant_id !== null && row.membership_id === null)) return null;
  const impersonation = impersonationOf(row);
  if (row.operator_id !== null && !impersonation) return null;
  if (row.two_factor_enabled && !row.multi_factor && !impersonation) return null;
  return {
    sessionId: row.session_id,
    tokenVersion: row.token_version,
    generation: row.generation,
    refreshVersion: row.refresh_version,
    successorVersion: row.successor_version,
    signInAge: row.sign_in_age,
    expiresAt: toDate(row.expires_at),
    inCookie: row.in_cookie,
    impersonation,
    enrolmentRequired: row.require_two_factor === true && !row.two_factor_enabled && !impersonation,
    user: {
      id: row.user_id,
      email: row.email,
      emailVerified: row.email_verified,
      pendingEmail: row.pending_email,
      phone: row.phone,
      phoneVerified: row.phone_verified,
      firstName: row.first_name,
      lastName: row.last_name,
      avatar: row.avatar,
      locale: row.locale,
      timeZone: row.time_zone,
      publicMetadata: row.public_metadata,
      twoFactorEnabled: row.two_factor_enabled,
      createdAt: toDate(row.user_created_at),
    },
    membership: toMembership(row, impersonation),
  };
}

/** The session with its successor pair as the current one. Throws if it has none. */
export function withSuccessor(state: SessionState): SessionState {
  const { successorVersion: version } = state;
  if (version === null) throw new Error('The session has no successor pair');
  return { ...state, tokenVersion: version, refreshVersion: version, generation: 0, successorVersion: null };
}

function impersonationOf(row: StateRow): SessionState['impersonation'] {
  const { operator_id: operatorId, support_access: access } = row;
  if (operatorId === null || access === null || access === 'none') return null;
  return { operatorId, access, allowedAddresses: row.operator_addresses ?? [] };
}

function toMembership(
  row: StateRow,
  impersonation: SessionState['impersonation'],
): SessionState['membership'] {
  if (row.tenant_id === null || row.membership_id === null) return null;
  // A department's role adds permissions but does not raise the level
  const permissions = readPermissions(roleOf(row), row.permissions, row.department_permissions);
  return {
    id: row.membership_id,
    tenant: { id: row.tenant_id, slug: row.tenant_slug, name: row.tenant_name, product: row.product },
    role: {
      key: row.role_key,
      name: row.role_name,
      level: row.role_level,
      permissions: impersonation ? supportPermissions(permissions, impersonation.access) : permissions,
    },
    departmentId: row.department_id,
    teamIds: row.team_ids,
    assignedAgents: row.assigned_agents,
  };
}
