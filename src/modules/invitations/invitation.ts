import type { Identifier } from '../../common/identifiers.js';
import type { PermissionMap } from '../../common/permissions.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';
import type { Grantor, Role } from '../tenants/memberships.service.js';

/** An invitation with everything that decides whether it still holds, as it is now. */
export interface Invitation {
  id: string;
  tenantId: string;
  tenantName: string;
  /** Where the link went: whoever opens it has proven this one. */
  recipient: Identifier;
  /** Null where it is over, and the role is gone. */
  role: Role | null;
  departmentId: string | null;
  /** What the department adds to the role, where it carries one. */
  departmentRole: Pick<Role, 'level' | 'permissions'> | null;
  teamIds: string[];
  firstName: string | null;
  lastName: string | null;
  invitedBy: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
  /** The domains the tenant invites e-mail addresses of; empty for any. */
  allowedDomains: string[];
  /** What the inviter holds now; null where they left, are suspended, closed their account or have verified nothing. */
  inviter: (Grantor & { departmentPermissions: PermissionMap | null }) | null;
}

/** One that can still be acted on: then its role is there. */
export type OfferedInvitation = Invitation & { role: Role };

/** $1 tenant, $2 id. */
export const READ_INVITATION = `
  SELECT i.id, i.tenant_id AS "tenantId", t.name AS "tenantName",
    jsonb_build_object('kind', CASE WHEN i.email IS NULL THEN 'phone' ELSE 'email' END,
                       'value', COALESCE(i.email, i.phone)) AS recipient,
    CASE WHEN r.id IS NOT NULL THEN jsonb_build_object(
      'id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'permissions', r.permissions) END AS role,
    i.department_id AS "departmentId",
    CASE WHEN dr.id IS NOT NULL THEN jsonb_build_object('level', dr.level, 'permissions', dr.permissions) END
      AS "departmentRole",
    ARRAY(SELECT it.team_id FROM invitation_teams it WHERE it.invitation_id = i.id)::text[] AS "teamIds",
    i.first_name AS "firstName", i.last_name AS "lastName",
    btrim(u.first_name || ' ' || u.last_name) AS "invitedBy",
    i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt", i.revoked_at AS "revokedAt",
    t.invitation_domains AS "allowedDomains",
    CASE WHEN ir.id IS NOT NULL THEN jsonb_build_object(
      'level', ir.level, 'permissions', ir.permissions, 'departmentPermissions', idr.permissions) END AS inviter
  FROM invitations i
  JOIN tenants t ON t.id = i.tenant_id
  LEFT JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
  JOIN users u ON u.id = i.invited_by
  LEFT JOIN departments d ON d.tenant_id = i.tenant_id AND d.id = i.department_id
  LEFT JOIN roles dr ON dr.tenant_id = d.tenant_id AND dr.id = d.role_id
  LEFT JOIN memberships im
    ON im.tenant_id = i.tenant_id AND im.user_id = i.invited_by AND im.status = 'active' AND u.status = 'active'
      AND ${hasVerifiedAnyIn('u')}
  LEFT JOIN roles ir ON ir.tenant_id = im.tenant_id AND ir.id = im.role_id
  LEFT JOIN departments idp ON idp.tenant_id = im.tenant_id AND idp.id = im.department_id
  LEFT JOIN roles idr ON idr.tenant_id = idp.tenant_id AND idr.id = idp.role_id
  WHERE i.tenant_id = $1 AND i.id = $2 AND t.status = 'active'`;
