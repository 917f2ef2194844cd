import type { Identifier } from '../../common/identifiers.js';
import type { PermissionMap } from '../../common/permissions.js';
import type { Grantor, Role } from '../tenants/role.js';

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
