import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/actor.js';
import { holds, type Permission } from '../../common/permissions.js';

/** Why something is not allowed. */
export type Obstacle =
  'no_active_tenant' | 'two_factor_enrolment_required' | 'permission_missing' | 'scope_missing';

/** The one truth about who may do what, for the products behind Gatehouse as for Gatehouse itself. */
@Injectable()
export class AuthorizationService {
  /** What keeps the caller from doing this in the active tenant, as things are now; null where nothing does. */
  findObstacle(caller: Caller, permission: Permission): Obstacle | null {
    const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
    if (!membership) return 'no_active_tenant';
    // A key is dead as long as its owner has to enrol
    if (caller.kind === 'user' && caller.session.enrolmentRequired) return 'two_factor_enrolment_required';
    if (!holds(membership.role.permissions, permission)) return 'permission_missing';
    if (caller.kind === 'api-key' && !holds(caller.permissions, permission)) return 'scope_missing';
    return null;
  }
}
