import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { holds, type Permission, REACHING_OTHERS } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import {
  type DepartmentMembers,
  type MemberAuthority,
  MemberAuthorityRepository,
} from './member-authority.repository.js';
import { OwnersRepository } from './owners.repository.js';
import { TOP_LEVEL } from './role.js';
import {
  IdentifierUnverified,
  LastOwner,
  MemberNotFound,
  MemberNotManageable,
  MemberSuspended,
  PermissionLost,
} from './tenants.errors.js';
import { TenantsService } from './tenants.service.js';

/**
 * Decides which members a member may change. Every change of members or roles must call `lock` first: changes of one
 * tenant are then serialised, and each is checked against the result of the one before.
 */
@Injectable()
export class MemberAuthorityService {
  constructor(
    private readonly authorities: MemberAuthorityRepository,
    private readonly owners: OwnersRepository,
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
    const authority = await this.authorities.find(tx, actor.userId);
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
    const member = await this.authorities.find(tx, userId);
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
    of: DepartmentMembers,
    actor: MemberAuthority,
  ): Promise<void> {
    if (await this.authorities.hasSuperior(tx, of, actor)) throw new MemberNotManageable();
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
    if (!(await this.owners.hasAny(tx))) throw new LastOwner();
  }
}
