import type { Identifier } from '../../common/identifiers.js';
import type { PermissionMap } from '../../common/permissions.js';

/** An invitation with everything that decides whether it still holds, as it is now. */
export interface Invitation {
  id: string;
  tenantId: string;
  tenantName: string;
  /** Where the link went: whoever opens it has proven this one. */
  recipient: Identifier;
  role: { id: string; key: string; name: string; level: number; permissions: PermissionMap };
  departmentId: string | null;
  teamIds: string[];
  firstName: string | null;
  lastName: string | null;
  invitedBy: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
  /** What the inviter may hand out now; null where they left, or may no longer invite. */
  inviter: { level: number; permissions: PermissionMap } | null;
}

/** $1 id. Used inside and outside transactions. */
export const READ_INVITATION = `
  SELECT i.id, i.tenant_id AS "tenantId", t.name AS "tenantName",
    jsonb_build_object('kind', CASE WHEN i.email IS NULL THEN 'phone' ELSE 'email' END,
                       'value', COALESCE(i.email, i.phone)) AS recipient,
    jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'permissions', r.permissions) AS role,
    i.department_id AS "departmentId",
    ARRAY(SELECT it.team_id FROM invitation_teams it WHERE it.invitation_id = i.id)::text[] AS "teamIds",
    i.first_name AS "firstName", i.last_name AS "lastName",
    btrim(u.first_name || ' ' || u.last_name) AS "invitedBy",
    i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt", i.revoked_at AS "revokedAt",
    CASE WHEN ir.permissions #>> '{invitations,create}' = 'true'
      THEN jsonb_build_object('level', ir.level, 'permissions', ir.permissions) END AS inviter
  FROM invitations i
  JOIN tenants t ON t.id = i.tenant_id
  JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
  JOIN users u ON u.id = i.invited_by
  LEFT JOIN memberships im ON im.tenant_id = i.tenant_id AND im.user_id = i.invited_by AND im.status = 'active'
  LEFT JOIN roles ir ON ir.tenant_id = im.tenant_id AND ir.id = im.role_id
  WHERE i.id = $1 AND t.status = 'active'`;
