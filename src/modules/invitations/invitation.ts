import type { Identifier } from '../../common/identifiers.js';
import type { PermissionMap } from '../../common/permissions.js';
import type { Grantor, Role } from '../tenants/memberships.service.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';

/** An invitation with the current state of everything that decides whether it can be accepted. */
export interface Invitation {
  id: string;
  tenantId: string;
  tenantName: string;
  /** The identifier to which the link was sent, and which opening the link verifies. */
  recipient: Identifier;
  /** Null if the role was deleted after the invitation was accepted or revoked. */
  role: Role | null;
  departmentId: string | null;
  /** The department's role, if it has one. */
  departmentRole: Pick<Role, 'level' | 'permissions'> | null;
  teamIds: string[];
  firstName: string | null;
  lastName: string | null;
  invitedBy: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
  /** The e-mail domains that the tenant invites; empty for any. */
  allowedDomains: string[];
  /**
   * What the inviter may grant at this moment. Null if they are no active member, their account is not active or they
   * have no verified identifier.
   */
  inviter: (Grantor & { departmentPermissions: PermissionMap | null }) | null;
}

/** An invitation whose role exists. */
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
