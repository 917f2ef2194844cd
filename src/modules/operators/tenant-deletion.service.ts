import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import type { AuditEvent } from '../audit/audit-event.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { NoticeEvent } from '../messaging/outgoing-message.js';
import { DeletedTenantsRepository } from '../tenants/deleted-tenants.repository.js';
import { OwnersRepository } from '../tenants/owners.repository.js';
import { explained, type ExplainedAct, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { TenantUnknown } from './operators.errors.js';

const GRACE_SECONDS = 14 * 86_400;

interface Change {
  action: Extract<AuditEvent['action'], `tenant.deletion_${string}`>;
  notice: NoticeEvent;
}

/** Deletes tenants, with a time in which that can be called off. */
@Injectable()
export class TenantDeletionService {
  constructor(
    private readonly database: Database,
    private readonly deleted: DeletedTenantsRepository,
    private readonly owners: OwnersRepository,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Suspends the tenant at once; 14 days later it is erased, with everything but its audit
   * trail and the accounts of its members. Notifies the owners. Returns when; null if that was requested before. Throws
   * ActNotExplained or TenantUnknown.
   */
  async request(tenantId: string, order: OperatorAct): Promise<Date | null> {
    const change = { action: 'tenant.deletion_requested', notice: 'tenant_deletion_requested' } as const;
    return this.change(tenantId, explained(order), change, async (tx) => {
      const deletionAt = await this.deleted.mark(tx, GRACE_SECONDS);
      return { result: deletionAt, detail: deletionAt && { deletionAt } };
    });
  }

  /**
   * Calls the deletion off; the tenant stays suspended. Notifies the owners. Returns false if none was requested. Throws
   * ActNotExplained, or TenantUnknown, also once the 14 days are over.
   */
  async cancel(tenantId: string, order: OperatorAct): Promise<boolean> {
    const change = { action: 'tenant.deletion_cancelled', notice: 'tenant_deletion_cancelled' } as const;
    return this.change(tenantId, explained(order), change, async (tx) => {
      const result = await this.deleted.unmark(tx);
      return { result, detail: result ? {} : null };
    });
  }

  /** `detail` is null if nothing changed. */
  private change<T>(
    tenantId: string,
    act: ExplainedAct,
    { action, notice }: Change,
    work: (tx: TenantTransaction) => Promise<{ result: T; detail: Record<string, unknown> | null }>,
  ): Promise<T> {
    return this.database.acrossTenants(async (people) => {
      const tx = people.forTenant(tenantId);
      if (!(await this.deleted.lockPresent(tx))) throw new TenantUnknown();
      const { result, detail } = await work(tx);
      if (!detail) return result;
      const target = { kind: 'tenant', id: tenantId } as const;
      await this.trail.record(people, act, { action, target, detail }, [tenantId]);
      for (const owner of await this.owners.list(tx))
        await this.notices.send(people, owner, notice, act.origin);
      return result;
    });
  }
}
