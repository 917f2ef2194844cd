import { Injectable } from '@nestjs/common';
import type { Section } from './section.js';
import { SectionsRepository } from './sections.repository.js';

/** Reads what makes up the account: the person, their memberships, and how they sign in. */
@Injectable()
export class AccountSectionsRepository extends SectionsRepository {
  protected readonly sections = ACCOUNT_SECTIONS;
}

export const ACCOUNT_SECTIONS: readonly Section[] = [
  {
    name: 'profile',
    tables: ['users'],
    single: true,
    text: `
      SELECT id, first_name AS "firstName", last_name AS "lastName", email, email_verified_at AS "emailVerifiedAt",
        pending_email AS "pendingEmail", phone, phone_verified_at AS "phoneVerifiedAt", locale, time_zone AS "timeZone",
        public_metadata AS "publicMetadata", external_id AS "externalId", status,
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
        m.assigned_agents AS "assignedAgents", m.private_metadata AS "privateMetadata", m.status, m.created_at AS "joinedAt", m.last_used_at AS "lastUsedAt"
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
      SELECT id, tenant_id AS "tenantId", methods, CASE WHEN operator_id IS NULL THEN user_agent END AS "userAgent",
        CASE WHEN operator_id IS NULL THEN address END AS address, created_at AS "createdAt",
        authenticated_at AS "authenticatedAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
        revoked_at AS "endedAt", revoked_reason AS "endedBecause", operator_id AS "impersonatedBy"
      FROM sessions WHERE user_id = $1 ORDER BY created_at, id`,
  },
  {
    name: 'unfinishedSignIns',
    tables: ['pending_sign_ins'],
    text: `
      SELECT tenant_id AS "tenantId", methods, created_at AS "createdAt", expires_at AS "expiresAt"
      FROM pending_sign_ins WHERE user_id = $1 ORDER BY created_at, id`,
  },
];
