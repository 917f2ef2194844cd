import { Injectable } from '@nestjs/common';
import { grantedBy, type PermissionMap, unite } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';
import { TOP_LEVEL } from './role.js';

/** The role, status and permissions of a member at the moment of reading. */
export interface MemberAuthority {
  userId: string;
  /** While the account's deletion is pending: the status that a restoration brings back. */
  status: 'active' | 'suspended';
  /** The account's deletion is pending. */
  isLeaving: boolean;
  /** The account has at least one verified identifier. */
  isVerified: boolean;
  roleId: string;
  roleKey: string;
  level: number;
  /** The permissions of the member's role together with those of the department's role. */
  permissions: PermissionMap;
}

/** The permissions of the department's role, and the tenant's product. */
interface Added {
  added: PermissionMap | null;
  product: string | null;
}

/** Members of this department, or of every department that has this role. */
export type DepartmentMembers = { departmentId: string } | { departmentRoleId: string };

/** Reads what members may do. */
@Injectable()
export class MemberAuthorityRepository {
  /** Null for a closed account, too. */
  async find(tx: TenantTransaction, userId: string): Promise<MemberAuthority | null> {
    const row = await tx.one<MemberAuthority & Added>(FIND_AUTHORITY, [tx.tenantId, userId]);
    if (!row) return null;
    const { added, product, ...authority } = row;
    return { ...authority, permissions: unite(grantedBy(authority, product), added) };
  }

  /** Whether one of these members is on the level of `actor` or above it; others do not count for an owner. */
  async hasSuperior(
    tx: TenantTransaction,
    of: DepartmentMembers,
    { userId, level }: Pick<MemberAuthority, 'userId' | 'level'>,
  ): Promise<boolean> {
    const [statement, id] =
      'departmentId' in of
        ? [FIND_SUPERIOR_IN_DEPARTMENT, of.departmentId]
        : [FIND_SUPERIOR_BY_ROLE, of.departmentRoleId];
    return (await tx.execute(statement, [tx.tenantId, id, userId, level])) > 0;
  }
}

/** $1 tenant, $2 user. */
const FIND_AUTHORITY = `
  SELECT m.user_id AS "userId", COALESCE(m.status_before_leaving, m.status) AS status,
    u.status = 'leaving' AS "isLeaving", ${hasVerifiedAnyIn('u')} AS "isVerified",
    r.id AS "roleId", r.key AS "roleKey", r.level, r.permissions, dr.permissions AS added, t.product
  FROM memberships m
  JOIN tenants t ON t.id = m.tenant_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  LEFT JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
  LEFT JOIN roles dr ON dr.tenant_id = d.tenant_id AND dr.id = d.role_id
  JOIN users u ON u.id = m.user_id AND u.status <> 'closed'
  WHERE m.tenant_id = $1 AND m.user_id = $2`;

/** $1 tenant, $2 department or its role, $3 actor, $4 their level. */
const findSuperior = (condition: string) => `
  SELECT FROM memberships m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
  WHERE m.tenant_id = $1 AND ${condition}
    AND m.user_id <> $3 AND r.level >= $4 AND $4 <> ${TOP_LEVEL} LIMIT 1`;

const FIND_SUPERIOR_IN_DEPARTMENT = findSuperior('d.id = $2');
const FIND_SUPERIOR_BY_ROLE = findSuperior('d.role_id = $2');
