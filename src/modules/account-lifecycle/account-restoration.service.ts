import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { LOCK_LEAVING, MARK_ACTIVE, SHOW_MEMBERSHIPS } from './account-lifecycle.queries.js';

/** A person whose account is on its way out. */
export interface Leaver {
  id: string;
  email: string | null;
  phone: string | null;
  firstName: string;
}

/** How an account comes back, whatever calls its deletion off. */
@Injectable()
export class AccountRestorationService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly audit: AuditService,
  ) {}

  /** Locks the person's tenants, and then the person: to be called first. Null where nothing can be called off. */
  async lock(tx: Tx, userId: string): Promise<Leaver | null> {
    await this.tenants.lockAllOf(tx, userId);
    const [user] = await tx.query<Leaver[]>(LOCK_LEAVING, [userId]);
    return user ?? null;
  }

  /** The account and its memberships are what they were. The caller has it from `lock`. */
  async reopen(tx: Tx, userId: string, origin: RequestOrigin): Promise<void> {
    await tx.query(MARK_ACTIVE, [userId]);
    const [back] = await tx.query<[{ tenant_id: string }[], number]>(SHOW_MEMBERSHIPS, [userId]);
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

  /** Both, where a deletion was requested; nothing where none was. */
  async cancelDeletion(tx: Tx, userId: string, origin: RequestOrigin): Promise<void> {
    if (await this.lock(tx, userId)) await this.reopen(tx, userId, origin);
  }
}
