import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Tx } from '../../database/database.js';
import type { AuditAction } from './audit-actions.js';
import { INSERT_EVENT } from './audit.queries.js';

export type { AuditAction } from './audit-actions.js';

/** Somebody who has not proven who they are is `anonymous`; whoever runs the server is an `operator`. */
export type ActorKind = 'user' | 'api_key' | 'operator' | 'anonymous';

/** One entry of the trail. `detail` holds ids and names of fields, never a secret, a code or a token. */
export interface AuditEvent {
  action: AuditAction;
  tenantId: string | null;
  /** Null for somebody who has not proven who they are, and for an operator. */
  actorId: string | null;
  /** Default: `user` where there is an actor. */
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
  /** Writes the event in the caller's transaction: it is there exactly if the act is. */
  async record(tx: Tx, origin: RequestOrigin, event: AuditEvent): Promise<void> {
    await tx.query(INSERT_EVENT, [
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
