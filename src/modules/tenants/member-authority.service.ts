import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import {
  holds,
  type Permission,
  type PermissionMap,
  REACHING_OTHERS,
  unite,
} from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';
import {
  IdentifierUnverified,
  LastOwner,
  MemberNotFound,
  MemberNotManageable,
  MemberSuspended,
  PermissionLost,
} from './tenants.errors.js';
import { TenantsService } from './tenants.service.js';

/** The level of the one role that cannot lose permissions. Members who have it are the tenant's owners. */
export const TOP_LEVEL = 100;

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

/**
 * Decides which members a member may change. Every change of members or roles must call `lock` first: changes of one
 * tenant are then serialised, and each is checked against the result of the one before.
 */
@Injectable()
export class MemberAuthorityService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Locks the tenant until the transaction ends, and reads the actor's authority anew. Throws AccessTokenInvalid or
   * PermissionLost if the actor has lost the session, the membership or the permission since the request was
   * authenticated, and IdentifierUnverified if the permission needs a verified identifier (REACHING_OTHERS).
   */
  async lock(tx: TenantTransaction, actor: Actor, permission: Permission): Promise<MemberAuthority> {
    await this.tenants.lock(tx);
    // Safe from here on: a takeover of the account locks the account's tenants before it ends sessions
    await this.sessions.assertOpen(tx, actor);
    const authority = await this.find(tx, actor.userId);
    if (authority?.status !== 'active' || authority.isLeaving) throw new AccessTokenInvalid();
    if (!holds(authority.permissions, permission)) throw new PermissionLost(permission);
    if (REACHING_OTHERS.has(permission)) this.assertReachesOthers(authority);
    return authority;
  }

  /**
   * Throws IdentifierUnverified for an account without a verified identifier: nobody knows whose it is. `lock` checks
   * this for REACHING_OTHERS; call it yourself if the permission is another one but the change affects other people.
   */
  assertReachesOthers({ isVerified }: MemberAuthority): void {
    if (!isVerified) throw new IdentifierUnverified();
  }

  /**
   * Returns a member whom the actor may change: themselves, or anybody on a lower level; owners may change each other.
   * Includes members whose deletion is pending: a restoration brings them back with the changed role. Throws
   * MemberNotFound or MemberNotManageable.
   */
  async getManageable(
    tx: TenantTransaction,
    userId: string,
    actor: MemberAuthority,
  ): Promise<MemberAuthority> {
    const member = await this.find(tx, userId);
    if (!member) throw new MemberNotFound();
    const isSelf = member.userId === actor.userId;
    const isBelow = member.level < actor.level || actor.level === TOP_LEVEL;
    if (!isSelf && !isBelow) throw new MemberNotManageable();
    return member;
  }

  /**
   * Verifies that the actor may change every direct member of this department, or of every department with this role.
   * Call it before a change of the permissions that a department adds: they are permissions of its members. Throws
   * MemberNotManageable.
   */
  async assertManagesAll(
    tx: TenantTransaction,
    of: { departmentId: string } | { departmentRoleId: string },
    actor: MemberAuthority,
  ): Promise<void> {
    const [column, id] = 'departmentId' in of ? ['id', of.departmentId] : ['role_id', of.departmentRoleId];
    const others = await tx.many<object>(
      `SELECT 1 FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
       WHERE m.tenant_id = $1 AND d.${column} = $2
         AND m.user_id <> $3 AND r.level >= $4 AND $4 <> $5 LIMIT 1`,
      [tx.tenantId, id, actor.userId, actor.level, TOP_LEVEL],
    );
    if (others.length > 0) throw new MemberNotManageable();
  }

  /** As `getManageable`, but throws MemberNotManageable for the actor themselves. */
  async getOther(tx: TenantTransaction, userId: string, actor: MemberAuthority): Promise<MemberAuthority> {
    if (userId === actor.userId)
      throw new MemberNotManageable('Not yourself: leave the organisation instead.');
    return this.getManageable(tx, userId, actor);
  }

  /** As `getOther`, for active members only: throws MemberNotFound if deletion is pending, and MemberSuspended. */
  async getActiveOther(
    tx: TenantTransaction,
    userId: string,
    actor: MemberAuthority,
  ): Promise<MemberAuthority> {
    const member = await this.getOther(tx, userId, actor);
    if (member.isLeaving) throw new MemberNotFound();
    if (member.status !== 'active') throw new MemberSuspended();
    return member;
  }

  /**
   * Call it under the lock, after the change. `changed` is the member before the change. Throws LastOwner if the member
   * was an owner and the tenant now has no active owner.
   */
  async assertOwnerRemains(tx: TenantTransaction, changed: MemberAuthority): Promise<void> {
    if (changed.level !== TOP_LEVEL) return;
    const owners = await tx.many<object>(
      `SELECT 1 FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       JOIN users u ON u.id = m.user_id AND u.status = 'active'
       WHERE m.tenant_id = $1 AND m.status = 'active' AND r.level = $2 LIMIT 1`,
      [tx.tenantId, TOP_LEVEL],
    );
    if (owners.length === 0) throw new LastOwner();
  }

  private async find(tx: TenantTransaction, userId: string): Promise<MemberAuthority | undefined> {
    const row = await tx.one<MemberAuthority & { added: PermissionMap | null }>(
      `SELECT m.user_id AS "userId", COALESCE(m.status_before_leaving, m.status) AS status,
         u.status = 'leaving' AS "isLeaving", ${hasVerifiedAnyIn('u')} AS "isVerified", r.id AS "roleId", r.key AS "roleKey", r.level, r.permissions,
         dr.permissions AS added
       FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       LEFT JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
       LEFT JOIN roles dr ON dr.tenant_id = d.tenant_id AND dr.id = d.role_id
       JOIN users u ON u.id = m.user_id AND u.status <> 'closed'
       WHERE m.tenant_id = $1 AND m.user_id = $2`,
      [tx.tenantId, userId],
    );
    if (!row) return undefined;
    const { added, ...authority } = row;
    return { ...authority, permissions: unite(authority.permissions, added) };
  }
}
