import { Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../../common/periodic-sweep.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { Database } from '../../../database/database.js';
import type { PeopleTransaction } from '../../../database/transaction.js';
import { AuditService } from '../../audit/audit.service.js';
import { DeletedTenantsRepository } from '../../tenants/deleted-tenants.repository.js';
import { ErasureRepository } from './erasure.repository.js';

const MAX_PER_ROUND = 200;
/** With their sessions, API keys and invitations: a transaction with more would take too long. */
const MEMBERSHIPS_PER_STEP = 200;
const ERASURE_ORIGIN: RequestOrigin = { address: 'server', userAgent: null, requestId: 'erasure' };

/** Erases tenants whose time for restoration is over. Their members keep their accounts; the audit trail stays. */
@Injectable()
export class TenantErasureService extends PeriodicSweep {
  constructor(
    private readonly database: Database,
    private readonly tenants: DeletedTenantsRepository,
    private readonly erasure: ErasureRepository,
    private readonly audit: AuditService,
  ) {
    super();
  }

  /** Returns the number of erased tenants. One that fails is tried again in the next sweep. */
  async sweep(): Promise<number> {
    let erased = 0;
    for (const id of await this.tenants.listDue(MAX_PER_ROUND)) {
      if (this.isStopping) break;
      try {
        if (await this.erase(id)) erased += 1;
      } catch (error) {
        this.logger.error(`The tenant ${id} was not erased: ${String((error as Error).message)}`);
      }
    }
    return erased;
  }

  /** The members in steps that each commit, then the rest. False if another server does it, or it was called off. */
  private async erase(tenantId: string): Promise<boolean> {
    while (!this.isStopping) {
      const step = await this.database.acrossTenants((tx) => this.takeStep(tx, tenantId));
      if (step !== 'more') return step === 'erased';
    }
    return false;
  }

  private async takeStep(tx: PeopleTransaction, tenantId: string): Promise<'more' | 'erased' | 'left'> {
    if (!(await this.tenants.lockDue(tx, tenantId))) return 'left';
    const ended = await this.tenants.deleteMemberships(tx, tenantId, MEMBERSHIPS_PER_STEP);
    if (ended === MEMBERSHIPS_PER_STEP) return 'more';
    await this.erasure.deleteInvitationLinks(tx, tenantId);
    await this.tenants.delete(tx, tenantId);
    await this.audit.record(tx, ERASURE_ORIGIN, {
      action: 'tenant.erased',
      tenantId,
      actorId: null,
      target: { kind: 'tenant', id: tenantId },
    });
    return 'erased';
  }
}
