import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { LOCK_LEAVING, MARK_ACTIVE, RESTORE_MEMBERSHIPS } from './account-lifecycle.queries.js';

/** A user whose account deletion is pending. */
export interface LeavingUser {
  id: string;
  email: string | null;
  phone: string | null;
  firstName: string;
}

/** Account restoration, for every way to cancel a deletion. */
@Injectable()
export class AccountRestorationService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly audit: AuditService,
  ) {}

  /** Locks the user's tenants and then the user: call this first in the transaction. Null if no deletion is pending. */
  async lock(tx: Transaction, userId: string): Promise<LeavingUser | null> {
    await this.tenants.lockAllOf(tx, userId);
    const user = await tx.one<LeavingUser>(LOCK_LEAVING, [userId]);
    return user ?? null;
  }

  /** Restores the account and its memberships to their former state. Call `lock` before. */
  async restore(tx: Transaction, userId: string, origin: RequestOrigin): Promise<void> {
    await tx.execute(MARK_ACTIVE, [userId]);
    const back = await tx.many<{ tenant_id: string }>(RESTORE_MEMBERSHIPS, [userId]);
    const tenantIds = back.map(({ tenant_id: tenantId }) => tenantId);
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null]) {
      await this.audit.record(tx, origin, {
        action: 'user.restored',
        tenantId,
        actorId: null,
        target: { kind: 'user', id: userId },
      });
    }
  }

  /** Locks and restores the account if its deletion is pending; otherwise does nothing. */
  async cancelDeletion(tx: Transaction, userId: string, origin: RequestOrigin): Promise<void> {
    if (await this.lock(tx, userId)) await this.restore(tx, userId, origin);
  }
}
