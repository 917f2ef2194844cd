import { Injectable } from '@nestjs/common';
import type { AppError } from '../common/app-error.js';
import { RefusalTrail } from '../modules/audit/refusal-trail.js';
import { REFUSED_ACTIONS } from '../modules/audit/refused-actions.js';
import { type AccessRequest, clientOf } from './request.js';

/** From a request that was refused to what the audit trail says of it. */
@Injectable()
export class RefusedRequests {
  constructor(private readonly trail: RefusalTrail) {}

  /** Nothing where the trail does not tell of such refusals. */
  note({ code, options }: AppError, request: AccessRequest): void {
    const action = REFUSED_ACTIONS[code];
    if (!action) return;
    const { actor } = request;
    const tenantId = actor ? actor.session.membership?.tenant.id : options.about?.tenantId;
    this.trail.note(
      {
        ...options.about,
        action,
        code,
        tenantId: tenantId ?? null,
        actor: actor ? { kind: actor.kind, id: actor.userId } : null,
      },
      clientOf(request),
    );
  }
}
