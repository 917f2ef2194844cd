import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';
import { InvitationEntity } from './entities/invitation.entity.js';
import type { Invitation } from './invitation.js';

/** What invitations offer at this moment, and their acceptance. */
@Injectable()
export class InvitationOffersRepository {
  /** Null if the tenant has no such invitation or is not active. */
  find(tx: TenantTransaction, id: string): Promise<Invitation | null> {
    return tx.one<Invitation>(READ_INVITATION, [tx.tenantId, id]);
  }

  /**
   * Locks the invitation against acceptance, resending and revocation until the transaction ends. `isOver`: it is
   * accepted or revoked. Null if there is none.
   */
  lock(tx: TenantTransaction, id: string): Promise<{ isOver: boolean } | null> {
    return tx.one<{ isOver: boolean }>(LOCK_INVITATION, [tx.tenantId, id]);
  }

  /** Of any number of parallel calls, one returns true: that of an invitation that can still be accepted. */
  async accept(tx: TenantTransaction, id: string): Promise<boolean> {
    return (await tx.execute(ACCEPT_INVITATION, [tx.tenantId, id])) === 1;
  }

  /** Records who accepted the invitation. */
  async attribute(tx: TenantTransaction, id: string, userId: string): Promise<void> {
    await tx.manager.update(InvitationEntity, { tenantId: tx.tenantId, id }, { acceptedBy: userId });
  }
}

/** $1 tenant, $2 id. */
const READ_INVITATION = `
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

/** $1 tenant, $2 id. */
const LOCK_INVITATION = `
  SELECT accepted_at IS NOT NULL OR revoked_at IS NOT NULL AS "isOver" FROM invitations
  WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`;

/** $1 tenant, $2 id. */
const ACCEPT_INVITATION = `
  UPDATE invitations SET accepted_at = now()
  WHERE tenant_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()`;
