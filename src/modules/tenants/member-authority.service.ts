import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import {
  holds,
  type Permission,
  type PermissionMap,
  REACHING_OTHERS,
  unite,
} from '../../common/permissions.js';
import type { Tx } from '../../database/database.js';
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

/** The level of the one role that nothing can take rights from: its holders lead the tenant. */
export const TOP_LEVEL = 100;

/** What somebody is in a tenant. */
export interface MemberAuthority {
  userId: string;
  /** Of one on the way out: what they would come back with. */
  status: 'active' | 'suspended';
  isLeaving: boolean;
  /** Whether an identifier of theirs is verified. */
  isVerified: boolean;
  roleId: string;
  roleKey: string;
  level: number;
  /** Of the role and of the department's role together. */
  permissions: PermissionMap;
}

/**
 * Who stands above whom. Whoever changes members or roles comes through `lock` first, so that such changes of one
 * tenant happen one after the other, each judged by what the one before it left.
 */
@Injectable()
export class MemberAuthorityService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Locks the tenant until the transaction ends and reads what the actor is in it now, which may be less than when
   * the request came in: throws AccessTokenInvalid or PermissionLost then. Throws IdentifierUnverified where the
   * permission is one that reaches others (REACHING_OTHERS).
   */
  async lock(tx: Tx, tenantId: string, actor: Actor, permission: Permission): Promise<MemberAuthority> {
    await this.tenants.lock(tx, tenantId);
    // Whoever takes the account over has locked its tenants, too
    await this.sessions.assertOpen(tx, actor);
    const authority = await this.find(tx, tenantId, actor.userId);
    if (authority?.status !== 'active' || authority.isLeaving) throw new AccessTokenInvalid();
    if (!holds(authority.permissions, permission)) throw new PermissionLost(permission);
    if (REACHING_OTHERS.has(permission)) this.assertReachesOthers(authority);
    return authority;
  }

  /**
   * To be asked where others are reached by a permission that is also for what reaches nobody. An account that has
   * verified nothing may be anybody's: throws IdentifierUnverified.
   */
  assertReachesOthers({ isVerified }: MemberAuthority): void {
    if (!isVerified) throw new IdentifierUnverified();
  }

  /**
   * A member whom the actor may change: one below, a peer where both lead the tenant, or oneself. Also one on the way
   * out: they come back as what they are then.
   */
  async getManageable(
    tx: Tx,
    tenantId: string,
    userId: string,
    actor: MemberAuthority,
  ): Promise<MemberAuthority> {
    const member = await this.find(tx, tenantId, userId);
    if (!member) throw new MemberNotFound();
    const isSelf = member.userId === actor.userId;
    const isBelow = member.level < actor.level || actor.level === TOP_LEVEL;
    if (!isSelf && !isBelow) throw new MemberNotManageable();
    return member;
  }

  /**
   * That the actor may change everybody who is directly in this department, or in any that carries this role: whoever
   * changes what a department adds changes its members. Throws MemberNotManageable.
   */
  async assertManagesAll(
    tx: Tx,
    tenantId: string,
    of: { departmentId: string } | { departmentRoleId: string },
    actor: MemberAuthority,
  ): Promise<void> {
    const [column, id] = 'departmentId' in of ? ['id', of.departmentId] : ['role_id', of.departmentRoleId];
    const others = await tx.query<unknown[]>(
      `SELECT 1 FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
       WHERE m.tenant_id = $1 AND d.${column} = $2
         AND m.user_id <> $3 AND r.level >= $4 AND $4 <> $5 LIMIT 1`,
      [tenantId, id, actor.userId, actor.level, TOP_LEVEL],
    );
    if (others.length > 0) throw new MemberNotManageable();
  }

  /** As `getManageable`, for what nobody does to themselves. */
  async getOther(tx: Tx, tenantId: string, userId: string, actor: MemberAuthority): Promise<MemberAuthority> {
    if (userId === actor.userId)
      throw new MemberNotManageable('Not yourself: leave the organisation instead.');
    return this.getManageable(tx, tenantId, userId, actor);
  }

  /** As `getOther`, for what neither a suspended member can be given nor one on the way out, who is not found. */
  async getActiveOther(
    tx: Tx,
    tenantId: string,
    userId: string,
    actor: MemberAuthority,
  ): Promise<MemberAuthority> {
    const member = await this.getOther(tx, tenantId, userId, actor);
    if (member.isLeaving) throw new MemberNotFound();
    if (member.status !== 'active') throw new MemberSuspended();
    return member;
  }

  /**
   * To be asked after a change of this member, under the lock. Throws LastOwner where the member led the tenant and
   * nobody is left who does.
   */
  async assertStillLed(tx: Tx, tenantId: string, changed: MemberAuthority): Promise<void> {
    if (changed.level !== TOP_LEVEL) return;
    const leaders = await tx.query<unknown[]>(
      `SELECT 1 FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       JOIN users u ON u.id = m.user_id AND u.status = 'active'
       WHERE m.tenant_id = $1 AND m.status = 'active' AND r.level = $2 LIMIT 1`,
      [tenantId, TOP_LEVEL],
    );
    if (leaders.length === 0) throw new LastOwner();
  }

  private async find(tx: Tx, tenantId: string, userId: string): Promise<MemberAuthority | undefined> {
    const [row] = await tx.query<(MemberAuthority & { added: PermissionMap | null })[]>(
      `SELECT m.user_id AS "userId", COALESCE(m.status_before_leaving, m.status) AS status,
         u.status = 'leaving' AS "isLeaving", ${hasVerifiedAnyIn('u')} AS "isVerified", r.id AS "roleId", r.key AS "roleKey", r.level, r.permissions,
         dr.permissions AS added
       FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
       LEFT JOIN departments d ON d.tenant_id = m.tenant_id AND d.id = m.department_id
       LEFT JOIN roles dr ON dr.tenant_id = d.tenant_id AND dr.id = d.role_id
       JOIN users u ON u.id = m.user_id AND u.status <> 'closed'
       WHERE m.tenant_id = $1 AND m.user_id = $2`,
      [tenantId, userId],
    );
    if (!row) return undefined;
    const { added, ...authority } = row;
    return { ...authority, permissions: unite(authority.permissions, added) };
  }
}
