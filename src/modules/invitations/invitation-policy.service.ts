import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { holds, unite } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { assertGrantable, MembershipsService } from '../tenants/memberships.service.js';
import type { Grantor, Role } from '../tenants/role.js';
import { AlreadyMember } from '../tenants/tenants.errors.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
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
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly members: MembershipsRepository,
    private readonly memberships: MembershipsService,
  ) {}

  /** As `assertOfferable`, for a role by its key. Returns the offer. Throws RoleNotFound, too. */
  async getOfferable(
    tx: TenantTransaction,
    own: Grantor,
    { role: key, ...rest }: Omit<Offer, 'role'> & { role: string },
  ): Promise<Offer> {
    const role = await this.memberships.getGrantableRole(tx, key, own);
    const offer = { ...rest, role };
    await this.assertOfferable(tx, own, offer);
    return offer;
  }

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
    assertDomainAllowed(recipient, await this.tenants.readInvitationDomains(tx));
    // A grantor who may not list members must not learn here who is one; the invitee gets AlreadyMember on acceptance
    if (holds(own.permissions, 'members.view') && (await this.members.existsVerified(tx, recipient)))
      throw new AlreadyMember();
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
