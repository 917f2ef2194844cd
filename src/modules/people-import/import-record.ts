import type { PermissionMap } from '../../common/permissions.js';
import type { ForeignHash } from '../passwords/foreign/foreign-hash.js';
import type { RoleTemplateName } from '../tenants/role-templates.js';

/** A membership of an imported person; exactly one of the two names of the tenant is given. */
export interface MembershipRecord {
  tenant?: string;
  tenantSlug?: string;
  role: string;
  status?: 'active' | 'suspended';
}

/** A person as a line describes them, with identifiers in canonical form. */
export interface PersonRecord {
  type: 'person';
  externalId: string;
  email?: string;
  emailVerified?: boolean;
  phone?: string;
  phoneVerified?: boolean;
  firstName: string;
  lastName?: string;
  createdAt?: string;
  memberships?: MembershipRecord[];
  password?: ForeignHash;
  totp?: { seed: string; period?: number };
  backupCodes?: string[];
}

/** A tenant as a line describes it. */
export interface TenantRecord {
  type: 'tenant';
  externalId: string;
  name: string;
  slug?: string;
  businessType?: string;
  /** Default: only the roles that are listed, with one of level 100. */
  template?: RoleTemplateName;
  status?: 'active' | 'suspended';
  requireTwoFactor?: boolean;
  allowTrustedDevices?: boolean;
  roles?: { key: string; name: string; level: number; permissions: PermissionMap }[];
}

export type ImportRecord = PersonRecord | TenantRecord;

/** Why a line is refused: RFC 6901 JSON pointer into its object, and the reason, which repeats no value of the line. */
export interface Refusal {
  pointer: string;
  detail: string;
}

export class LineRefused extends Error {
  constructor(
    readonly pointer: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}
