import type { RequestOrigin } from '../../common/request-origin.js';
import type { AuditAction } from './audit-actions.js';
import type { ActorKind, AuditEvent } from './audit.service.js';

/** A denial on its way into the trail. */
export interface Denial {
  action: AuditAction;
  /** The stable code of the answer. */
  code: string;
  tenantId: string | null;
  actor: { kind: ActorKind; id: string } | null;
  /** The account it was about, where nobody was signed in. */
  userId?: string;
  /** The API key it was about, which is not the actor: it let nobody in. */
  keyId?: string;
  /** What the actor lacked. */
  permission?: string;
  /** Why, where the code alone does not say. */
  reason?: string;
}

/** A row of the trail that sums up denials; the newest of them gives it its time and its client. */
export interface Sum {
  event: AuditEvent;
  origin: RequestOrigin;
  /** Milliseconds, by `performance.now()`. */
  lastAt: number;
}

/**
 * The denials of one action and one subject that are not in the trail yet, and when the last row about them was
 * written.
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

  /** Whether the last row is so long ago that there may be another one. */
  isRested(now: number, restMs: number): boolean {
    return this.summedAt === null || now - this.summedAt >= restMs;
  }

  /** What has come together, and starts it anew. */
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

function targetOf({ userId, keyId }: Pick<Denial, 'userId' | 'keyId'>): AuditEvent['target'] {
  if (keyId !== undefined) return { kind: 'api_key', id: keyId };
  return userId === undefined ? undefined : { kind: 'user', id: userId };
}
