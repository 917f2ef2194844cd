import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import type { Identifier } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { GIVE_TO_HEIRS, LOCK_TENANTS_OF, LOCK_TENANTS_OF_CLAIMANT } from './succession.queries.js';

interface Heir {
  tenantId: string;
  userId: string;
  email: string | null;
  firstName: string;
  /** Keys of roles. */
  from: string;
  to: string;
}

/**
 * Who leads a tenant when the last who did is gone against their will. Whoever goes by themselves hands over first
 * (`last_owner`); an account that is closed cannot be asked.
 */
@Injectable()
export class SuccessionService {
  constructor(
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /** Locks the person's tenants until the transaction ends, before anything else is locked. Returns their ids. */
  async lockTenantsOf(tx: Tx, userId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(LOCK_TENANTS_OF, [userId]);
    return rows.map(({ id }) => id);
  }

  /** As `lockTenantsOf`, for whoever would lose the identifier to its proof; and the other tenant, where one is named. */
  async lockTenantsOfClaimant(
    tx: Tx,
    { kind, value }: Identifier,
    tenantId: string | null = null,
  ): Promise<void> {
    await tx.query(LOCK_TENANTS_OF_CLAIMANT(kind), [value, tenantId]);
  }

  /**
   * To be called after a change that may have left one of these tenants, which are locked, without an active top-level
   * member: the highest of the active others becomes one, and is told. A tenant with nobody active stays as it is.
   * Neither the trail nor the message tells where the change came from: it is none of that tenant's business.
   */
  async keepLed(tx: Tx, tenantIds: string[], { requestId }: Client): Promise<void> {
    const [heirs] = await tx.query<[Heir[], number]>(GIVE_TO_HEIRS, [tenantIds]);
    const nobody: Client = { address: 'server', userAgent: null, requestId };
    for (const heir of heirs) {
      await this.audit.record(tx, nobody, {
        action: 'tenant.ownership_transferred',
        tenantId: heir.tenantId,
        actorId: null,
        target: { kind: 'user', id: heir.userId },
        detail: { role: { from: heir.from, to: heir.to }, reason: 'last_leader_closed' },
      });
      await this.notices.send(tx, heir, 'leadership_inherited', nobody);
    }
  }
}
