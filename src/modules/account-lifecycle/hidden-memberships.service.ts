import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { MembershipsOfPersonRepository } from '../tenants/memberships-of-person.repository.js';
import { OwnersRepository } from '../tenants/owners.repository.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { JoinedAnotherTenant, LeavesOthersWithoutOwner } from './account-lifecycle.errors.js';

/** The memberships of a person whose account is being deleted: hidden, so that a restoration can bring them back. */
@Injectable()
export class HiddenMembershipsService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
    private readonly memberships: MembershipsOfPersonRepository,
    private readonly owners: OwnersRepository,
  ) {}

  /** Locks the person's tenants and returns their ids: call this before the person is locked. */
  lockTenants(tx: PeopleTransaction, userId: string): Promise<string[]> {
    return this.tenants.lockAllOf(tx, userId);
  }

  /** Throws LeavesOthersWithoutOwner. The answer holds for this moment only; `hide` asks again under the lock. */
  async assertMayLeave(userId: string): Promise<void> {
    await this.assertOthersKeepOwner(this.database.autocommitAcrossTenants, userId);
  }

  /**
   * Hides the memberships in the locked tenants. Throws JoinedAnotherTenant if the person has joined one meanwhile, or
   * LeavesOthersWithoutOwner.
   */
  async hide(tx: PeopleTransaction, userId: string, lockedTenantIds: string[]): Promise<void> {
    if (await this.memberships.hasOthers(tx, userId, lockedTenantIds)) throw new JoinedAnotherTenant();
    await this.assertOthersKeepOwner(tx, userId);
    await this.memberships.hide(tx, userId);
  }

  /** Restores each to its former state. Returns the ids of their tenants. */
  restore(tx: PeopleTransaction, userId: string): Promise<string[]> {
    return this.memberships.restore(tx, userId);
  }

  private async assertOthersKeepOwner(across: Queries, userId: string): Promise<void> {
    const slugs = await this.owners.findTenantsOwnedAlone(across, userId);
    if (slugs.length > 0) throw new LeavesOthersWithoutOwner(slugs);
  }
}
