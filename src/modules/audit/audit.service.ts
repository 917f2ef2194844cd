import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Queries } from '../../database/queries.js';
import type { AuditAction } from './audit-actions.js';
import { AuditEventsRepository } from './audit-events.repository.js';

export type { AuditAction } from './audit-actions.js';

/** `anonymous`: not authenticated; `operator`: somebody with access to the server, such as through a script. */
export type ActorKind = 'user' | 'api_key' | 'operator' | 'anonymous';

/** One event of the audit trail. `detail` must contain only ids and names, never a secret, a code or a token. */
export interface AuditEvent {
  action: AuditAction;
  tenantId: string | null;
  /** Null for an unauthenticated request and for an operator. */
  actorId: string | null;
  /** Default: `user` with an `actorId`, else `anonymous`. */
  actorKind?: ActorKind;
  outcome?: 'success' | 'refused';
  target?: { kind: AuditTarget; id: string };
  detail?: Record<string, unknown>;
}

type AuditTarget =
  | 'user'
  | 'session'
  | 'tenant'
  | 'invitation'
  | 'membership'
  | 'role'
  | 'department'
  | 'team'
  | 'api_key'
  | 'trusted_device';

/** Records who did what. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditEventsRepository) {}

  /** Writes the event in the caller's transaction: the event is committed if and only if the recorded change is. */
  async record(tx: Queries, origin: RequestOrigin, event: AuditEvent): Promise<void> {
    await this.events.insert(tx, event, origin);
  }
}
