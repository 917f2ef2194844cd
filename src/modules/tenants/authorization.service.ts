import { Injectable } from '@nestjs/common';
import type { Caller, ServiceAccountActor } from '../../common/actor.js';
import { holds, type Permission } from '../../common/permissions.js';

/** Why a permission is denied. */
export type Obstacle =
  | 'no_active_tenant'
  | 'two_factor_enrolment_required'
  | 'permission_missing'
  | 'scope_missing'
  | 'token_inactive';

/** The only place that decides about permissions, for Gatehouse's own endpoints and for the products that ask it. */
@Injectable()
export class AuthorizationService {
  /** The reason to deny the caller this permission in the active tenant at this moment; null if it is granted. */
  findObstacle(caller: Caller | ServiceAccountActor, permission: Permission): Obstacle | null {
    if (caller.kind === 'service-account') {
      if (caller.tenantId === null) return 'no_active_tenant';
      return caller.scopes.includes(permission) ? null : 'scope_missing';
    }
    const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
    if (!membership) return 'no_active_tenant';
    // API keys need no check here: READ_KEY_STATES finds no key whose owner must still enrol a second factor
    if (caller.kind === 'user' && caller.session.enrolmentRequired) return 'two_factor_enrolment_required';
    if (!holds(membership.role.permissions, permission)) return 'permission_missing';
    if (caller.kind === 'api-key' && !holds(caller.permissions, permission)) return 'scope_missing';
    return null;
  }
}
