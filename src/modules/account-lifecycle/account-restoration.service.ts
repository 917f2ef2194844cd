import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { type LeavingUser, LeavingUsersRepository } from '../users/leaving-users.repository.js';
import { HiddenMembershipsService } from './hidden-memberships.service.js';

/** Account restoration, for every way to cancel a deletion. */
@Injectable()
export class AccountRestorationService {
  constructor(
    private readonly leavingUsers: LeavingUsersRepository,
    private readonly memberships: HiddenMembershipsService,
    private readonly audit: AuditService,
  ) {}

  /** Locks the user's tenants and then the user: call this first in the transaction. Null if no deletion is pending. */
  async lock(tx: PeopleTransaction, userId: string): Promise<LeavingUser | null> {
    await this.memberships.lockTenants(tx, userId);
    return this.leavingUsers.lock(tx, userId);
  }

  /** Restores the account and its memberships to their former state. Call `lock` before. */
  async restore(tx: PeopleTransaction, userId: string, origin: RequestOrigin): Promise<void> {
    const tenantIds = await this.reinstate(tx, userId);
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null]) {
      await this.audit.record(tx, origin, {
        action: 'user.restored',
        tenantId,
        actorId: null,
        target: { kind: 'user', id: userId },
      });
    }
  }

  /** As `restore`, but records nothing. Returns the tenants in which the person is a member again. */
  async reinstate(tx: PeopleTransaction, userId: string): Promise<string[]> {
    await this.leavingUsers.restore(tx, userId);
    return this.memberships.restore(tx, userId);
  }

  /** Locks and restores the account if its deletion is pending; otherwise does nothing. */
  async cancelDeletion(tx: PeopleTransaction, userId: string, origin: RequestOrigin): Promise<void> {
    if (await this.lock(tx, userId)) await this.restore(tx, userId, origin);
  }
}
