import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Queries } from '../../database/queries.js';
import { INSERT_EVENT } from './audit.queries.js';
import type { AuditAction } from './audit-actions.js';

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

@Injectable()
export class AuditService {
  /** Writes the event in the caller's transaction: the event is committed if and only if the recorded change is. */
  async record(tx: Queries, origin: RequestOrigin, event: AuditEvent): Promise<void> {
    await tx.execute(INSERT_EVENT, [
      newId(),
      event.tenantId,
      event.actorKind ?? (event.actorId === null ? 'anonymous' : 'user'),
      event.actorId,
      event.action,
      event.outcome ?? 'success',
      event.target?.kind ?? null,
      event.target?.id ?? null,
      origin.address,
      origin.userAgent,
      origin.requestId,
      event.detail ?? {},
    ]);
  }
}
