import { Injectable } from '@nestjs/common';
import { identityOf } from '../common/actor.js';
import type { AppError } from '../common/app-error.js';
import { auditActorOf } from '../modules/audit/audit-actor.js';
import type { Refusal } from '../modules/audit/refusal-tally.js';
import { RefusalTrail } from '../modules/audit/refusal-trail.js';
import { REFUSED_ACTIONS } from '../modules/audit/refused-actions.js';
import { RefusedKeysService } from '../modules/api-keys/refused-keys.service.js';
import { type AccessRequest, clientOf } from './request.js';

/** From a request that was refused to what the audit trail says of it. */
@Injectable()
export class RefusedRequests {
  constructor(
    private readonly trail: RefusalTrail,
    private readonly refusedKeys: RefusedKeysService,
  ) {}

  /** Nothing where the trail does not tell of such refusals. */
  note({ code, options }: AppError, request: AccessRequest): void {
    const action = REFUSED_ACTIONS[code];
    if (!action) return;
    const { caller } = request;
    const { keyHash, ...about } = options.about ?? {};
    const tenantId = caller ? identityOf(caller).membership?.tenant.id : about.tenantId;
    const actor = caller ? auditActorOf(caller) : null;
    const refusal = { ...about, action, code, tenantId: tenantId ?? null, actor };
    if (keyHash === undefined) this.trail.note(refusal, clientOf(request));
    else this.trail.noteLater(this.attribute(refusal, keyHash), clientOf(request));
  }

  private async attribute(refusal: Refusal, keyHash: string): Promise<Refusal> {
    return { ...refusal, ...(await this.refusedKeys.find(keyHash)) };
  }
}
