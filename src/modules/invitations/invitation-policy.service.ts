import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { holds, unite } from '../../common/permissions.js';
import type { Tx } from '../../database/database.js';
import {
  assertGrantable,
  type Grantor,
  MembershipsService,
  type Role,
} from '../tenants/memberships.service.js';
import { AlreadyMember } from '../tenants/tenants.errors.js';
import type { Invitation, OfferedInvitation } from './invitation.js';
import { InvitationAlreadyUsed, InvitationDomainNotAllowed } from './invitations.errors.js';

/** What an invitation would give, and to whom. */
export interface Offer {
  recipient: Identifier;
  role: Role;
  departmentId: string | null;
  teamIds: string[];
}

/** Who may be invited to what: asked when an invitation is made, sent again, and accepted. */
@Injectable()
export class InvitationPolicyService {
  constructor(private readonly memberships: MembershipsService) {}

  /**
   * That who holds this may make this offer. Throws RoleLevelExceeded, DepartmentNotFound, TeamNotFound,
   * InvitationDomainNotAllowed, or AlreadyMember to who may see the members.
   */
  async assertOfferable(
    tx: Tx,
    tenantId: string,
    own: Grantor,
    { recipient, role, ...place }: Offer,
  ): Promise<void> {
    assertGrantable(role, own);
    await this.memberships.assertPlaceable(tx, tenantId, place, own);
    const [row] = await tx.query<{ domains: string[] }[]>(
      'SELECT invitation_domains AS domains FROM tenants WHERE id = $1',
      [tenantId],
    );
    assertDomainAllowed(recipient, row?.domains ?? []);
    // Who may not see the members learns of none of them here; whoever is one is told when they open the link
    if (holds(own.permissions, 'members.view')) await this.assertNoMember(tx, tenantId, recipient);
  }

  private async assertNoMember(tx: Tx, tenantId: string, { kind, value }: Identifier): Promise<void> {
    // Only a proven identifier tells who somebody is: an unproven one must not keep its owner from being invited
    const members = await tx.query<unknown[]>(
      `SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.tenant_id = $1 AND u.${kind} = $2 AND u.${kind}_verified_at IS NOT NULL`,
      [tenantId, value],
    );
    if (members.length > 0) throw new AlreadyMember();
  }
}

/**
 * That its inviter could make the offer now, whatever they were when they made it. To the invitee an invitation
 * whose inviter lost the right looks withdrawn (InvitationAlreadyUsed); one of a domain that the tenant does not
 * invite any more throws InvitationDomainNotAllowed.
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

/** Exactly one of these domains, not one below it; a phone number has none. */
function assertDomainAllowed({ kind, value }: Identifier, domains: string[]): void {
  if (kind !== 'email' || domains.length === 0) return;
  const domain = value.slice(value.lastIndexOf('@') + 1);
  if (!domains.some((allowed) => allowed.toLowerCase() === domain)) throw new InvitationDomainNotAllowed();
}
