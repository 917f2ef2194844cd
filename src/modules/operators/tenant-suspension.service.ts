import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { NoticesService } from '../messaging/notices.service.js';
import { DeletedTenantsRepository } from '../tenants/deleted-tenants.repository.js';
import { OwnersRepository } from '../tenants/owners.repository.js';
import { TenantsRepository, type TenantStatus } from '../tenants/tenants.repository.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { TenantUnknown } from './operators.errors.js';

const ACTS = {
  suspended: { action: 'tenant.suspended', notice: 'tenant_suspended' },
  active: { action: 'tenant.restored', notice: 'tenant_restored' },
} as const;

/** Suspends tenants and restores them. */
@Injectable()
export class TenantSuspensionService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsRepository,
    private readonly deleted: DeletedTenantsRepository,
    private readonly owners: OwnersRepository,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * From the commit on, nobody reaches the tenant: at no contract, by no session, API key, sign-in or invitation. Its
   * people keep their accounts and their other tenants. Nothing is revoked, so restoring brings back what is still valid.
   */
  suspend(tenantId: string, act: OperatorAct): Promise<boolean> {
    return this.become('suspended', tenantId, act);
  }

  /** Undoes `suspend`, and calls a deletion off. */
  restore(tenantId: string, act: OperatorAct): Promise<boolean> {
    return this.become('active', tenantId, act);
  }

  /**
   * Returns false if the tenant has the status already: then nothing is recorded. Notifies the owners. Throws
   * ActNotExplained, or TenantUnknown, also for a deleted tenant whose time is over.
   */
  private async become(status: TenantStatus, tenantId: string, order: OperatorAct): Promise<boolean> {
    const act = explained(order);
    const { action, notice } = ACTS[status];
    return this.database.acrossTenants(async (people) => {
      const tx = people.forTenant(tenantId);
      if (!(await this.deleted.lockPresent(tx))) throw new TenantUnknown();
      if (!(await this.tenants.changeStatus(tx, status))) return false;
      const target = { kind: 'tenant', id: tenantId } as const;
      await this.trail.record(people, act, { action, target }, [tenantId]);
      for (const owner of await this.owners.list(tx))
        await this.notices.send(people, owner, notice, act.origin);
      return true;
    });
  }
}
