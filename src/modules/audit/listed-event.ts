import type { AuditAction } from './audit-actions.js';
import type { ActorKind } from './audit.service.js';

/** What is absent does not narrow. */
export interface AuditFilter {
  actorId?: string;
  targetId?: string;
  actions?: AuditAction[];
  outcome?: 'success' | 'refused';
  /** From this moment on. */
  from?: Date;
  /** Before this moment. */
  to?: Date;
}

/** One row of the trail, as it is shown. */
export interface ListedEvent {
  id: string;
  occurredAt: Date;
  actorKind: ActorKind;
  actorId: string | null;
  /** Null for whoever is no member any more: the id is their pseudonym. */
  actorName: string | null;
  action: AuditAction;
  outcome: 'success' | 'refused';
  targetKind: string | null;
  targetId: string | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
}
