import { Injectable } from '@nestjs/common';
import { identityOf } from '../common/actor.js';
import type { AppError } from '../common/app-error.js';
import { RefusedKeysService } from '../modules/api-keys/refused-keys.service.js';
import { auditActorOf } from '../modules/audit/audit-actor.js';
import { DenialAudit } from '../modules/audit/denial-audit.js';
import type { Denial } from '../modules/audit/denial-summary.js';
import { REFUSED_ACTIONS } from '../modules/audit/denied-actions.js';
import { type AccessRequest, originOf } from './request.js';

/** Records denied requests in the audit trail. */
@Injectable()
export class DeniedRequests {
  constructor(
    private readonly trail: DenialAudit,
    private readonly refusedKeys: RefusedKeysService,
  ) {}

  /** Does nothing for a denial that the audit trail does not record. */
  note({ code, options }: AppError, request: AccessRequest): void {
    const action = REFUSED_ACTIONS[code];
    if (!action) return;
    const { caller } = request;
    const { keyHash, ...about } = options.about ?? {};
    const tenantId = caller ? identityOf(caller).membership?.tenant.id : about.tenantId;
    const actor = caller ? auditActorOf(caller) : null;
    const denial = { ...about, action, code, tenantId: tenantId ?? null, actor };
    if (keyHash === undefined) this.trail.note(denial, originOf(request));
    else this.trail.noteLater(this.attribute(denial, keyHash), originOf(request));
  }

  private async attribute(denial: Denial, keyHash: string): Promise<Denial> {
    return { ...denial, ...(await this.refusedKeys.find(keyHash)) };
  }
}
