import { Injectable } from '@nestjs/common';
import type { ExportedPerson } from './exported-person.js';
import type { Section } from './section.js';
import { SectionsRepository } from './sections.repository.js';

/** Reads what the person did, and what was done about them: keys, invitations, links and audit events. */
@Injectable()
export class ActivitySectionsRepository extends SectionsRepository {
  protected readonly sections = ACTIVITY_SECTIONS;
}

const valueOf = ({ verified }: ExportedPerson, identifierKind: 'email' | 'phone'): string | null =>
  verified.find(({ kind }) => kind === identifierKind)?.value ?? null;

export const ACTIVITY_SECTIONS: readonly Section[] = [
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
