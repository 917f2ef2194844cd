import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier } from '../../common/identifiers.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { type Invitation, type OfferedInvitation, READ_INVITATION } from './invitation.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationAlreadyUsed, UnknownInvitation } from './invitations.errors.js';
import type { CreatedInvitation } from './invitations.service.js';

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

/** $1 tenant, $2 state or null for all, $3 the last id of the previous page, or null, $4 limit. Newest first. */
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

/** Lists, resends and revokes the invitations of the actor's tenant. */
@Injectable()
export class InvitationManagementService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly policy: InvitationPolicyService,
    private readonly links: InvitationLinksService,
    private readonly secrets: SecretsService,
    private readonly audit: AuditService,
  ) {}

  /** Newest first. */
  async list(
    actor: Actor,
    state: InvitationState | null,
    page: PageRequest,
  ): Promise<Page<ListedInvitation>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.database.inTenant(tenant.id, (tx) =>
      tx.many<ListedInvitation>(LIST_INVITATIONS, [tenant.id, state, page.after, page.limit + 1]),
    );
    return toPage(rows, page);
  }

  /**
   * Sends an open or expired invitation again, now in the actor's name, with a new link and the full lifetime, and
   * revokes the old link. Parallel calls are serialised; the link of the last one is valid. Throws UnknownInvitation,
   * InvitationAlreadyUsed, IdentifierUnverified, MessageLimitExceeded, MessageWithheld and what InvitationPolicyService
   * throws; the old link then stays valid.
   */
  async resend(actor: Actor, id: string): Promise<CreatedInvitation> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'invitations.create');
      const invitation = await this.lock(tx, id);
      const { recipient, role } = invitation;
      await this.policy.assertOfferable(tx, own, invitation);
      await tx.execute('UPDATE invitations SET invited_by = $3 WHERE tenant_id = $1 AND id = $2', [
        tenant.id,
        id,
        actor.userId,
      ]);
      await this.record(tx, actor, 'invitation.resent', id);
      const { expiresAt } = await this.links.send(tx, actor, { id, recipient, roleName: role.name });
      return { id, recipient, role: role.key, expiresAt, invitedBy: fullName(actor.session.user) };
    });
  }

  /**
   * Revokes the invitation and its link at once. Of a concurrent revocation and acceptance exactly one succeeds. Throws
   * UnknownInvitation, or InvitationAlreadyUsed if it was accepted or revoked before.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, async (tx) => {
      await this.lock(tx, id);
      await tx.execute('UPDATE invitations SET revoked_at = now() WHERE tenant_id = $1 AND id = $2', [
        tenant.id,
        id,
      ]);
      await this.secrets.revoke(tx, id, ['invitation']);
      await this.record(tx, actor, 'invitation.revoked', id);
    });
  }

  /** Locks the invitation against acceptance, resending and revocation until the transaction ends. */
  private async lock(tx: TenantTransaction, id: string): Promise<OfferedInvitation> {
    const locked = await tx.one<{ over: boolean }>(
      `SELECT accepted_at IS NOT NULL OR revoked_at IS NOT NULL AS over FROM invitations
       WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [tx.tenantId, id],
    );
    if (!locked) throw new UnknownInvitation();
    if (locked.over) throw new InvitationAlreadyUsed();
    const invitation = await tx.one<Invitation>(READ_INVITATION, [tx.tenantId, id]);
    if (!invitation?.role) throw new UnknownInvitation();
    return { ...invitation, role: invitation.role };
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: 'invitation.resent' | 'invitation.revoked',
    id: string,
  ): Promise<void> {
    await this.audit.record(tx, actor.origin, {
      action,
      tenantId: membershipOf(actor).tenant.id,
      actorId: actor.userId,
      target: { kind: 'invitation', id },
    });
  }
}
