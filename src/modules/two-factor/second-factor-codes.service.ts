import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { TotpFactorsService } from './totp-factors.service.js';

/** Whose code it is; the tenant is for the audit trail. */
export interface CodeOwner {
  userId: string;
  tenantId: string | null;
  origin: RequestOrigin;
}

const RECOVERY_CODE = /^[0-9]{8}$/;

/** Codes of either kind: six digits of TOTP or eight of a recovery code. */
@Injectable()
export class SecondFactorCodesService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly audit: AuditService,
  ) {}

  /** Consumes a code of the confirmed factor. A recovery code enables the factor again, and is recorded. */
  async consume(tx: Transaction, { userId, tenantId, origin }: CodeOwner, code: string): Promise<boolean> {
    if (!RECOVERY_CODE.test(code)) return this.factors.accept(tx, userId, code);
    if (!(await this.recoveryCodes.spend(tx, userId, code))) return false;
    await this.factors.restore(tx, userId);
    await this.audit.record(tx, origin, {
      action: 'recovery_code.used',
      tenantId,
      actorId: userId,
      target: { kind: 'user', id: userId },
    });
    return true;
  }

  /** Consumes the code that confirms an enrolment. */
  confirm(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.factors.confirm(tx, userId, code);
  }

  /**
   * Counts a wrong code towards the limit on consecutive failures of its kind, outside the caller's transaction, so that
   * a rollback cannot undo it.
   */
  async countFailure(userId: string, code: string): Promise<void> {
    await (RECOVERY_CODE.test(code) ? this.recoveryCodes : this.factors).countFailure(userId);
  }
}
