import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEvent } from '../audit/audit-event.js';
import { OperatorSessionsService } from '../operator-accounts/operator-sessions.service.js';
import type { SignedInOperator } from '../operator-accounts/signed-in-operator.js';
import type { ExplainedAct, Viewer } from './operator-act.js';

type ActEvent = Pick<AuditEvent, 'action' | 'target' | 'detail'>;

/** Records what operators do, in the transaction of each act, and whom they look at. */
@Injectable()
export class OperatorTrail {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly sessions: OperatorSessionsService,
  ) {}

  /**
   * In the caller's transaction: the full detail without a tenant, for operators, and only the reference in the audit
   * trail of each of these tenants. Throws AccessTokenInvalid if the operator was disabled or signed out meanwhile, which
   * then waits for the end of this transaction.
   */
  async record(
    tx: Transaction,
    { reason, reference, by, origin }: ExplainedAct,
    { action, target, detail }: ActEvent,
    tenantIds: string[],
  ): Promise<void> {
    if (by) await this.sessions.lock(tx, by.sessionId);
    const rows = [
      { tenantId: null, actorId: by?.id ?? null, detail: { reason, reference, ...detail } },
      ...tenantIds.map((tenantId) => ({ tenantId, actorId: null, detail: { reference } })),
    ];
    for (const row of rows)
      await this.audit.record(tx, origin, { action, target, actorKind: 'operator', ...row });
  }

  /** As `record`, of what an operator ends that they began with a reason. The tenant's event names no operator. */
  async recordOwn(
    tx: Transaction,
    { id, sessionId, origin }: SignedInOperator,
    event: ActEvent,
    tenantId: string,
  ): Promise<void> {
    await this.sessions.lock(tx, sessionId);
    const [own, theirs] = [
      { tenantId: null, actorId: id },
      { tenantId, actorId: null },
    ];
    for (const row of [own, theirs])
      await this.audit.record(tx, origin, { ...event, actorKind: 'operator', ...row });
  }

  /** That a person was looked at, without a tenant. */
  async recordView({ id, origin }: Viewer, userId: string): Promise<void> {
    await this.audit.record(this.database.autocommitAcrossTenants, origin, {
      action: 'user.viewed',
      tenantId: null,
      actorKind: 'operator',
      actorId: id,
      target: { kind: 'user', id: userId },
    });
  }
}
