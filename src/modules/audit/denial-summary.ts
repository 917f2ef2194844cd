import type { RequestOrigin } from '../../common/request-origin.js';
import type { ActorKind, AuditEvent } from './audit.service.js';
import type { AuditAction } from './audit-actions.js';

/** A denied request, to be recorded in the audit trail. */
export interface Denial {
  action: AuditAction;
  /** The error code of the response. */
  code: string;
  tenantId: string | null;
  actor: { kind: ActorKind; id: string } | null;
  /** The account concerned, if the request was not authenticated. */
  userId?: string;
  /** The API key that was presented and did not authenticate anybody. */
  keyId?: string;
  /** The service account that was named, if it exists. */
  serviceAccountId?: string;
  /** The permission that the actor lacked. */
  permission?: string;
  /** The cause, if the code does not determine it. */
  reason?: string;
}

/** One row of the audit trail that sums up denials, with the time and the origin of the newest. */
export interface Sum {
  event: AuditEvent;
  origin: RequestOrigin;
  /** Milliseconds of `performance.now()`. */
  lastAt: number;
}

/**
 * The denials of one action and one subject that are not written yet, and the time of the last row about them.
 */
export class DenialSummary {
  private count = 0;
  private lastAt = 0;
  private codes = new Set<string>();
  private permissions = new Set<string>();
  private reasons = new Set<string>();
  private origin: RequestOrigin;
  private summedAt: number | null = null;

  constructor(private readonly denial: Omit<Denial, 'code' | 'permission' | 'reason'>) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add({ code, permission, reason }: Denial, origin: RequestOrigin, now: number): void {
    this.count += 1;
    this.lastAt = now;
    this.origin = origin;
    this.codes.add(code);
    if (permission !== undefined) this.permissions.add(permission);
    if (reason !== undefined) this.reasons.add(reason);
  }

  /** True if there was no row yet, or the last one is at least `intervalMs` old. */
  isDue(now: number, intervalMs: number): boolean {
    return this.summedAt === null || now - this.summedAt >= intervalMs;
  }

  /** Returns the sum of the denials so far, and starts counting anew. */
  take(now: number): Sum {
    const { action, tenantId, actor, userId, keyId } = this.denial;
    const detail = {
      count: this.count,
      codes: [...this.codes],
      ...(this.permissions.size > 0 && { permissions: [...this.permissions] }),
      ...(this.reasons.size > 0 && { reasons: [...this.reasons] }),
      ...(keyId !== undefined && { ownerId: userId }),
    };
    const event: AuditEvent = {
      action,
      tenantId,
      actorId: actor?.id ?? null,
      actorKind: actor?.kind ?? 'anonymous',
      outcome: 'refused',
      target: targetOf(this.denial),
      detail,
    };
    this.count = 0;
    this.codes = new Set();
    this.permissions = new Set();
    this.reasons = new Set();
    this.summedAt = now;
    return { event, origin: this.origin, lastAt: this.lastAt };
  }
}

function targetOf({
  userId,
  keyId,
  serviceAccountId,
}: Pick<Denial, 'userId' | 'keyId' | 'serviceAccountId'>): AuditEvent['target'] {
  if (serviceAccountId !== undefined) return { kind: 'service_account', id: serviceAccountId };
  if (keyId !== undefined) return { kind: 'api_key', id: keyId };
  return userId === undefined ? undefined : { kind: 'user', id: userId };
}
