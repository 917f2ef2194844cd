import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { holds, unite } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import {
  assertGrantable,
  type Grantor,
  MembershipsService,
  type Role,
} from '../tenants/memberships.service.js';
import { AlreadyMember } from '../tenants/tenants.errors.js';
import type { Invitation, OfferedInvitation } from './invitation.js';
import { InvitationAlreadyUsed, InvitationDomainNotAllowed } from './invitations.errors.js';

/** What an invitation would grant, and to whom. */
export interface Offer {
  recipient: Identifier;
  role: Role;
  departmentId: string | null;
  teamIds: string[];
}

/** Decides who may be invited to what. Checked when an invitation is created, resent and accepted. */
@Injectable()
export class InvitationPolicyService {
  constructor(private readonly memberships: MembershipsService) {}

  /**
   * Verifies that this grantor may make this offer. Throws RoleLevelExceeded, DepartmentNotFound, TeamNotFound or
   * InvitationDomainNotAllowed, and AlreadyMember if the grantor may list the members.
   */
  async assertOfferable(
    tx: TenantTransaction,
    own: Grantor,
    { recipient, role, ...placement }: Offer,
  ): Promise<void> {
    assertGrantable(role, own);
    await this.memberships.assertPlaceable(tx, placement, own);
    const row = await tx.one<{ domains: string[] }>(
      'SELECT invitation_domains AS domains FROM tenants WHERE id = $1',
      [tx.tenantId],
    );
    assertDomainAllowed(recipient, row?.domains ?? []);
    // A grantor who may not list members must not learn here who is one; the invitee gets AlreadyMember on acceptance
    if (holds(own.permissions, 'members.view')) await this.assertNoMember(tx, recipient);
  }

  private async assertNoMember(tx: TenantTransaction, { kind, value }: Identifier): Promise<void> {
    // Only a verified identifier counts: an account that merely claims it must not keep its real owner from joining
    const members = await tx.many<object>(
      `SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.tenant_id = $1 AND u.${kind} = $2 AND u.${kind}_verified_at IS NOT NULL`,
      [tx.tenantId, value],
    );
    if (members.length > 0) throw new AlreadyMember();
  }
}

/**
 * Verifies that the inviter may make this offer at this moment, whatever they could do when they invited. Throws
 * InvitationAlreadyUsed if they may not: to the invitee the invitation looks revoked. Throws InvitationDomainNotAllowed
 * if the tenant no longer invites addresses of this domain.
 */
export function assertStillOffered(invitation: Invitation): asserts invitation is OfferedInvitation {
  const { inviter, role, departmentRole, recipient, allowedDomains } = invitation;
  if (!inviter || !role) throw new InvitationAlreadyUsed();
  const permissions = unite(inviter.permissions, inviter.departmentPermissions);
  if (!holds(permissions, 'invitations.create')) throw new InvitationAlreadyUsed();
  try {
    assertGrantable(role, { level: inviter.level, permissions });
    if (departmentRole) assertGrantable(departmentRole, { level: inviter.level, permissions });
  } catch {
    throw new InvitationAlreadyUsed();
  }
  assertDomainAllowed(recipient, allowedDomains);
}

/** Allows exactly these domains, without subdomains. Phone numbers are always allowed. */
function assertDomainAllowed({ kind, value }: Identifier, domains: string[]): void {
  if (kind !== 'email' || domains.length === 0) return;
  const domain = value.slice(value.lastIndexOf('@') + 1);
  if (!domains.some((allowed) => allowed.toLowerCase() === domain)) throw new InvitationDomainNotAllowed();
}
