import { Injectable } from '@nestjs/common';
import type { Actor, Caller } from '../../common/actor.js';
import { holds, type Permission } from '../../common/permissions.js';
import { Database } from '../../database/database.js';

/** Why something is not allowed. */
export type Obstacle =
  'no_active_tenant' | 'two_factor_enrolment_required' | 'permission_missing' | 'scope_missing';

/** The one truth about who may do what, for the products behind Gatehouse as for Gatehouse itself. */
@Injectable()
export class AuthorizationService {
  constructor(private readonly database: Database) {}

  /** What keeps the caller from doing this in the active tenant, as things are now; null where nothing does. */
  async findObstacle(caller: Caller, permission: Permission): Promise<Obstacle | null> {
    const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
    if (!membership) return 'no_active_tenant';
    // A key is dead as long as its owner has to enrol
    if (caller.kind === 'user' && (await this.mustEnrol(caller))) return 'two_factor_enrolment_required';
    if (!holds(membership.role.permissions, permission)) return 'permission_missing';
    if (caller.kind === 'api-key' && !holds(caller.permissions, permission)) return 'scope_missing';
    return null;
  }

  private async mustEnrol({ userId, session: { membership } }: Actor): Promise<boolean> {
    const rows = await this.database.run(
      {
        name: 'must-enrol',
        text: `SELECT 1 FROM tenants t WHERE t.id = $1 AND t.require_two_factor AND NOT EXISTS (
                 SELECT 1 FROM totp_factors f WHERE f.user_id = $2 AND f.confirmed_at IS NOT NULL)`,
      },
      [membership?.tenant.id, userId],
    );
    return rows.length > 0;
  }
}
