import type { ExportedPerson } from './exported-person.js';

/** A section of the archive: the result of one statement for one user. */
export interface Section {
  name: string;
  /** The tables it exports. A test compares them with all tables that contain personal data. */
  tables: readonly string[];
  /** $1 is the user's id, unless `values` is set. Never selects a secret or its hash. */
  text: string;
  values?: (person: ExportedPerson) => unknown[];
  /** Exports one object or null instead of a list. */
  single?: boolean;
}

const valueOf = ({ verified }: ExportedPerson, identifierKind: 'email' | 'phone'): string | null =>
  verified.find(({ kind }) => kind === identifierKind)?.value ?? null;

export const SECTIONS: readonly Section[] = [
  {
    name: 'profile',
    tables: ['users'],
    single: true,
    text: `
      SELECT id, first_name AS "firstName", last_name AS "lastName", email, email_verified_at AS "emailVerifiedAt",
        pending_email AS "pendingEmail", phone, phone_verified_at AS "phoneVerifiedAt", status,
        created_at AS "createdAt", updated_at AS "updatedAt"
      FROM users WHERE id = $1`,
  },
  {
    name: 'emailChanges',
    tables: ['email_changes'],
    text: `
      SELECT old_email AS "from", new_email AS "to", requested_at AS "requestedAt", changed_at AS "changedAt",
        expires_at AS "revertibleUntil"
      FROM email_changes WHERE user_id = $1 ORDER BY requested_at, id`,
  },
  {
    name: 'memberships',
    tables: ['memberships', 'team_members'],
    text: `
      SELECT m.id, jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name) AS tenant,
        jsonb_build_object('key', r.key, 'name', r.name, 'level', r.level) AS role,
        (SELECT jsonb_build_object('id', d.id, 'name', d.name) FROM departments d
         WHERE d.tenant_id = m.tenant_id AND d.id = m.department_id) AS department,
        ARRAY(SELECT jsonb_build_object('id', e.id, 'name', e.name) FROM team_members tm
              JOIN teams e ON e.tenant_id = tm.tenant_id AND e.id = tm.team_id
              WHERE tm.membership_id = m.id ORDER BY e.name) AS teams,
        m.assigned_agents AS "assignedAgents", m.status, m.created_at AS "joinedAt", m.last_used_at AS "lastUsedAt"
      FROM memberships m
      JOIN tenants t ON t.id = m.tenant_id
      JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
      WHERE m.user_id = $1 ORDER BY m.created_at, m.id`,
  },
  {
    name: 'password',
    tables: ['password_credentials'],
    single: true,
    text: `
      SELECT changed_at AS "changedAt", consecutive_failures AS "consecutiveFailures"
      FROM password_credentials WHERE user_id = $1`,
  },
  {
    name: 'secondFactor',
    tables: ['totp_factors', 'recovery_codes'],
    single: true,
    text: `
      SELECT f.created_at AS "enrolledAt", f.confirmed_at AS "enabledAt", f.consecutive_failures AS "consecutiveFailures",
        (SELECT count(*)::int FROM recovery_codes c WHERE c.user_id = f.user_id AND c.used_at IS NULL) AS "backupCodesLeft",
        ARRAY(SELECT c.used_at FROM recovery_codes c WHERE c.user_id = f.user_id AND c.used_at IS NOT NULL
              ORDER BY c.used_at) AS "backupCodesUsedAt"
      FROM totp_factors f WHERE f.user_id = $1`,
  },
  {
    name: 'trustedDevices',
    tables: ['trusted_devices'],
    text: `
      SELECT id, user_agent AS "userAgent", address, created_at AS "createdAt", last_used_at AS "lastUsedAt",
        expires_at AS "expiresAt"
      FROM trusted_devices WHERE user_id = $1 ORDER BY created_at, id`,
  },
  {
    name: 'sessions',
    tables: ['sessions'],
    text: `
      SELECT id, tenant_id AS "tenantId", methods, user_agent AS "userAgent", address, created_at AS "createdAt",
        authenticated_at AS "authenticatedAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
        revoked_at AS "endedAt", revoked_reason AS "endedBecause"
      FROM sessions WHERE user_id = $1 ORDER BY created_at, id`,
  },
  {
    name: 'unfinishedSignIns',
    tables: ['pending_sign_ins'],
    text: `
      SELECT tenant_id AS "tenantId", methods, created_at AS "createdAt", expires_at AS "expiresAt"
      FROM pending_sign_ins WHERE user_id = $1 ORDER BY created_at, id`,
  },
  {
    name: 'apiKeys',
    tables: ['api_keys', 'api_key_secrets', 'api_key_usage'],
    text: `
      SELECT k.id, k.tenant_id AS "tenantId", k.name, k.description, k.scopes,
        k.allowed_addresses::text[] AS "allowedAddresses", k.created_at AS "createdAt", k.expires_at AS "expiresAt",
        k.last_used_at AS "lastUsedAt", k.revoked_at AS "revokedAt",
        ARRAY(SELECT jsonb_build_object('prefix', s.prefix, 'lastFour', s.last_four, 'createdAt', s.created_at,
                                        'expiresAt', s.expires_at)
              FROM api_key_secrets s WHERE s.key_id = k.id ORDER BY s.created_at) AS secrets,
        ARRAY(SELECT jsonb_build_object('day', d.day, 'requests', d.requests)
              FROM api_key_usage d WHERE d.key_id = k.id ORDER BY d.day) AS usage
      FROM api_keys k WHERE k.user_id = $1 ORDER BY k.created_at, k.id`,
  },
  {
    name: 'invitationsSent',
    tables: ['invitations', 'invitation_teams'],
    text: `
      SELECT i.id, i.tenant_id AS "tenantId", i.email, i.phone, i.first_name AS "firstName", i.last_name AS "lastName",
        r.key AS role, i.department_id AS "departmentId",
        ARRAY(SELECT it.team_id FROM invitation_teams it WHERE it.invitation_id = i.id)::text[] AS "teamIds",
        i.created_at AS "createdAt", i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt",
        i.revoked_at AS "revokedAt"
      FROM invitations i LEFT JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
      WHERE i.invited_by = $1 ORDER BY i.created_at, i.id`,
  },
  {
    name: 'invitationsReceived',
    tables: ['invitations'],
    values: (person) => [person.id, valueOf(person, 'email'), valueOf(person, 'phone')],
    text: `
      SELECT i.id, jsonb_build_object('id', t.id, 'name', t.name) AS tenant, i.email, i.phone,
        i.first_name AS "firstName", i.last_name AS "lastName", r.key AS role, i.created_at AS "createdAt",
        i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt", i.revoked_at AS "revokedAt"
      FROM invitations i
      JOIN tenants t ON t.id = i.tenant_id
      LEFT JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
      WHERE i.accepted_by = $1 OR i.email = $2 OR i.phone = $3 ORDER BY i.created_at, i.id`,
  },
  {
    name: 'links',
    tables: ['one_time_secrets'],
    text: `
      SELECT purpose, created_at AS "createdAt", expires_at AS "expiresAt", used_at AS "usedAt"
      FROM one_time_secrets WHERE subject_id = $1 ORDER BY created_at, id`,
  },
  {
    name: 'auditEvents',
    tables: ['audit_events'],
    // The request origin of other actors is their personal data, so it is left out
    text: `
      WITH actors AS (
        SELECT $1::uuid AS id UNION ALL SELECT id FROM api_keys WHERE user_id = $1
      ), things AS (
        SELECT id FROM actors UNION ALL SELECT id FROM memberships WHERE user_id = $1
        UNION ALL SELECT id FROM sessions WHERE user_id = $1
        UNION ALL SELECT id FROM trusted_devices WHERE user_id = $1
      ), events AS (
        SELECT a.id FROM audit_events a JOIN actors ON actors.id = a.actor_id
        UNION SELECT a.id FROM audit_events a JOIN things ON things.id = a.target_id
      )
      SELECT a.id, a.occurred_at AS "occurredAt", a.action, a.outcome, a.tenant_id AS "tenantId",
        CASE WHEN o.id IS NOT NULL THEN 'you' WHEN a.actor_id IS NULL THEN 'unknown' ELSE 'another' END AS actor,
        a.target_kind AS "targetKind", a.target_id AS "targetId",
        CASE WHEN a.actor_id IS NULL OR o.id IS NOT NULL THEN a.address END AS address,
        CASE WHEN a.actor_id IS NULL OR o.id IS NOT NULL THEN a.user_agent END AS "userAgent",
        CASE WHEN o.id IS NOT NULL THEN a.detail END AS detail
      FROM events JOIN audit_events a ON a.id = events.id LEFT JOIN actors o ON o.id = a.actor_id
      ORDER BY a.occurred_at, a.id`,
  },
];

/** Tables exported by the modules that own them, outside of SECTIONS. */
export const EXPORTED_SEPARATELY: readonly string[] = ['messages'];

/** Tables with personal data that are not exported, with the reason. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  otp_challenges:
    'codes under a keyed hash of their recipient, for minutes; that one was sent is among the messages',
  unconfirmed_notices:
    'that the one notice which an unconfirmed address gets was sent; the notice itself is among the messages',
};
