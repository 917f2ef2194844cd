import { Injectable } from '@nestjs/common';
import { identityOf } from '../common/actor.js';
import type { AppError } from '../common/app-error.js';
import { auditActorOf } from '../modules/audit/audit-actor.js';
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
    const { caller } = request;
    const tenantId = caller ? identityOf(caller).membership?.tenant.id : options.about?.tenantId;
    this.trail.note(
      {
        ...options.about,
        action,
        code,
        tenantId: tenantId ?? null,
        actor: caller ? auditActorOf(caller) : null,
      },
      clientOf(request),
    );
  }
}
