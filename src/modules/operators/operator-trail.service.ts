import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Queries } from '../../database/queries.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEvent } from '../audit/audit-event.js';
import type { OperatorAct } from './operator-act.js';

type ActEvent = Pick<AuditEvent, 'action' | 'target'> & { detail: OperatorAct & Record<string, unknown> };

/** Records what operators do. */
@Injectable()
export class OperatorTrail {
  constructor(private readonly audit: AuditService) {}

  /**
   * In the caller's transaction: the full detail without a tenant, for operators, and only the reference in the audit
   * trail of each of these tenants.
   */
  async record(tx: Queries, origin: RequestOrigin, event: ActEvent, tenantIds: string[]): Promise<void> {
    const { reference } = event.detail;
    const rows = [
      { tenantId: null, detail: event.detail },
      ...tenantIds.map((tenantId) => ({ tenantId, detail: { reference } })),
    ];
    for (const row of rows)
      await this.audit.record(tx, origin, { ...event, ...row, actorKind: 'operator', actorId: null });
  }
}
