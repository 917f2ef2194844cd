import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { UsersService } from '../users/users.service.js';
import { MemberCredentialsService } from './member-credentials.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OwnersRepository } from './owners.repository.js';
import { LastOwner, OrganisationNotFound } from './tenants.errors.js';
import { TenantsRepository } from './tenants.repository.js';

/** Ends memberships for the members who leave a tenant. */
@Injectable()
export class OrganisationDepartureService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly owners: OwnersRepository,
    private readonly users: UsersService,
    private readonly credentials: MemberCredentialsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends the actor's membership and every session of theirs in this tenant, the current one included. Throws
   * OrganisationNotFound, or LastOwner if no other active owner is left: of two last owners who leave at once, one gets
   * LastOwner.
   */
  async leave(actor: Actor, tenantId: string): Promise<void> {
    await this.database.inTenant(tenantId, async (tx) => {
      await this.tenants.lock(tx);
      // Lock order: the user before the membership, as in a sign-in
      await this.users.lock(tx, actor.userId);
      await this.assertMayLeave(tx, actor.userId);
      // Count before the deletion, which cascades to them
      const detail = { ...(await this.credentials.count(tx, tenantId, actor.userId)) };
      await this.memberships.delete(tx, actor.userId);
      await this.audit.record(tx, actor.origin, {
        action: 'membership.left',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        detail,
      });
    });
  }

  private async assertMayLeave(tx: TenantTransaction, userId: string): Promise<void> {
    const share = await this.owners.readShare(tx, userId);
    if (!share) throw new OrganisationNotFound();
    if (share.isOwner && !share.hasOthers) throw new LastOwner();
  }
}
