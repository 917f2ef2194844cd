import type { ActorKind } from './audit.service.js';
import type { AuditAction } from './audit-actions.js';

/** Absent members do not filter. */
export interface AuditFilter {
  actorId?: string;
  targetId?: string;
  actions?: AuditAction[];
  outcome?: 'success' | 'refused';
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}

/** One event of the audit trail, as it is listed and exported. */
export interface ListedEvent {
  id: string;
  occurredAt: Date;
  actorKind: ActorKind;
  actorId: string | null;
  /** Null for a former member, whom the tenant knows by the id alone. */
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

/** With its time in microseconds since 1970, which a Date does not have. */
export type PlacedEvent = ListedEvent & { micros: string };
