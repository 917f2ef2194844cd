import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Identifier } from '../../common/identifiers.js';
import type { PageRequest } from '../../common/pagination.js';
import type { PeopleTransaction, TenantReads, TenantTransaction } from '../../database/transaction.js';
import { InvitationEntity } from './entities/invitation.entity.js';

export const INVITATION_STATES = ['open', 'accepted', 'revoked', 'expired'] as const;
export type InvitationState = (typeof INVITATION_STATES)[number];

/** An invitation as the tenant's administrators see it, without its link. */
export interface ListedInvitation {
  id: string;
  recipient: Identifier;
  firstName: string | null;
  lastName: string | null;
  /** The key of the role; null if the role was deleted after the invitation was accepted or revoked. */
  role: string | null;
  departmentId: string | null;
  teamIds: string[];
  invitedBy: string;
  state: InvitationState;
  createdAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
}

export interface InvitationDraft {
  id: string;
  recipient: Identifier;
  roleId: string;
  departmentId: string | null;
  teamIds: string[];
  firstName: string | null;
  lastName: string | null;
  /** A user. */
  invitedBy: string;
  ttlSeconds: number;
}

/** The invitations of a tenant, as its administrators manage them. */
@Injectable()
export class InvitationsRepository {
  /** Newest first; one more than the page, so that the caller knows whether there are more. */
  list(
    tx: TenantReads,
    state: InvitationState | null,
    { after, limit }: PageRequest,
  ): Promise<ListedInvitation[]> {
    return tx.many<ListedInvitation>(LIST_INVITATIONS, [tx.tenantId, state, after, limit + 1]);
  }

  /**
   * One invitation of this recipient at a time, until the transaction ends. Otherwise two concurrent ones would both
   * stay open.
   */
  async lockRecipient(tx: TenantTransaction, { value }: Identifier): Promise<void> {
    await tx.execute(LOCK_RECIPIENT, [`${tx.tenantId}:${value}`]);
  }

  /** Revokes the invitation of the recipient that is neither accepted nor revoked. Returns the ids of those revoked. */
  async revokeAllTo(tx: TenantTransaction, { kind, value }: Identifier): Promise<string[]> {
    const revoked = await tx.many<{ id: string }>(REVOKE_ALL_TO[kind], [tx.tenantId, value]);
    return revoked.map(({ id }) => id);
  }

  /** In every tenant, including those the inviter has left. */
  revokeAllBy(tx: PeopleTransaction, inviterId: string): Promise<{ id: string; tenantId: string }[]> {
    return tx.many<{ id: string; tenantId: string }>(REVOKE_ALL_BY, [inviterId]);
  }

  async insert(tx: TenantTransaction, draft: InvitationDraft): Promise<void> {
    const { id, recipient, roleId, departmentId, firstName, lastName, invitedBy, ttlSeconds } = draft;
    const ids = [tx.tenantId, id, roleId, departmentId, invitedBy];
    const { kind, value } = recipient;
    await tx.execute(INSERT_INVITATION, [...ids, kind, value, firstName, lastName, ttlSeconds]);
    await tx.execute(INSERT_TEAMS, [tx.tenantId, id, draft.teamIds]);
  }

  async setInviter(tx: TenantTransaction, id: string, userId: string): Promise<void> {
    await tx.manager.update(InvitationEntity, { tenantId: tx.tenantId, id }, { invitedBy: userId });
  }

  async setExpiry(tx: TenantTransaction, id: string, expiresAt: Date): Promise<void> {
    await tx.manager.update(InvitationEntity, { tenantId: tx.tenantId, id }, { expiresAt });
  }

  /** The caller has locked the invitation. */
  async revoke(tx: TenantTransaction, id: string): Promise<void> {
    await tx.manager.update(InvitationEntity, { tenantId: tx.tenantId, id }, { revokedAt: () => 'now()' });
  }

  /** Gives every invitation with this role that is neither accepted nor revoked another one. */
  async replaceRole(tx: TenantTransaction, roleId: string, replacement: string): Promise<void> {
    const unspent = { acceptedAt: IsNull(), revokedAt: IsNull() };
    const { tenantId } = tx;
    await tx.manager.update(InvitationEntity, { tenantId, roleId, ...unspent }, { roleId: replacement });
  }

  /**
   * Takes all invitations out of the department. Those that can still be accepted move to `target`, or keep the
   * department if that is null: it then cannot be deleted.
   */
  async clearDepartment(tx: TenantTransaction, departmentId: string, target: string | null): Promise<void> {
    await tx.execute(CLEAR_DEPARTMENT, [tx.tenantId, departmentId, target]);
  }
}

/** $1 tenant, $2 state or null for all, $3 the last id of the previous page, or null, $4 limit. */
const LIST_INVITATIONS = `
  SELECT * FROM (
    SELECT i.id, i.first_name AS "firstName", i.last_name AS "lastName", r.key AS role, i.department_id AS "departmentId",
      jsonb_build_object('kind', CASE WHEN i.email IS NULL THEN 'phone' ELSE 'email' END,
                         'value', COALESCE(i.email, i.phone)) AS recipient,
      ARRAY(SELECT it.team_id FROM invitation_teams it WHERE it.invitation_id = i.id ORDER BY it.team_id)::text[]
        AS "teamIds",
      btrim(u.first_name || ' ' || u.last_name) AS "invitedBy",
      CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
           WHEN i.expires_at <= now() THEN 'expired' ELSE 'open' END AS state,
      i.created_at AS "createdAt", i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt"
    FROM invitations i
    JOIN users u ON u.id = i.invited_by
    LEFT JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
    WHERE i.tenant_id = $1 AND ($3::uuid IS NULL OR i.id < $3)
  ) AS listed
  WHERE $2::text IS NULL OR state = $2
  ORDER BY id DESC LIMIT $4`;

const LOCK_RECIPIENT = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';

/** $1 tenant, $2 identifier. */
const revokeAllTo = (kind: Identifier['kind']) => `
  UPDATE invitations SET revoked_at = now()
  WHERE tenant_id = $1 AND ${kind} = $2 AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id`;
const REVOKE_ALL_TO = { email: revokeAllTo('email'), phone: revokeAllTo('phone') };

/** $1 user. */
const REVOKE_ALL_BY = `
  UPDATE invitations SET revoked_at = now() WHERE invited_by = $1 AND accepted_at IS NULL AND revoked_at IS NULL
  RETURNING id, tenant_id AS "tenantId"`;

/**
 * $1 tenant, $2 id, $3 role, $4 department or null, $5 inviter, $6 kind and $7 value of the recipient, $8 first and $9
 * last name or null, $10 seconds.
 */
const INSERT_INVITATION = `
  INSERT INTO invitations
    (tenant_id, id, role_id, department_id, invited_by, email, phone, first_name, last_name, expires_at)
  VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 = 'email' THEN $7 END, CASE WHEN $6 = 'phone' THEN $7 END, $8, $9,
    now() + make_interval(secs => $10))`;

/** $1 tenant, $2 invitation, $3 teams. */
const INSERT_TEAMS = `
  INSERT INTO invitation_teams (tenant_id, invitation_id, team_id)
  SELECT DISTINCT $1::uuid, $2::uuid, unnest($3::uuid[])`;

/** Can still be accepted. */
const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()';

/** $1 tenant, $2 department, $3 target or null. */
const CLEAR_DEPARTMENT = `
  UPDATE invitations SET department_id = CASE WHEN ${OPEN} THEN $3::uuid END
  WHERE tenant_id = $1 AND department_id = $2 AND ($3::uuid IS NOT NULL OR NOT (${OPEN}))`;
