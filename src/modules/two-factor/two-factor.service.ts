import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import { type ReissuedTokens, ReissueService } from '../sessions/reissue.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorResetService } from './second-factor-reset.service.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TwoFactorNotEnrolling } from './two-factor.errors.js';
import { TwoFactorChangesService } from './two-factor-changes.service.js';

export interface TwoFactorStatus {
  enabled: boolean;
  recoveryCodesLeft: number;
}

/** Operations of a signed-in user on their second factor after `EnrolmentService.enrol`. */
@Injectable()
export class TwoFactorService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly changes: TwoFactorChangesService,
    private readonly resetting: SecondFactorResetService,
    private readonly sessions: SessionsService,
    private readonly reissuing: ReissueService,
    private readonly pending: PendingSignInsService,
  ) {}

  async status(actor: Actor): Promise<TwoFactorStatus> {
    const recoveryCodesLeft = await this.recoveryCodes.countLeft(actor.userId);
    return { enabled: actor.session.user.twoFactorEnabled, recoveryCodesLeft };
  }

  /**
   * Verifies that the authenticator works and enables the factor: every sign-in from now on requires a later code. The
   * caller's session becomes multi-factor and continues with the returned tokens; its present tokens stay valid until
   * the first use of the new ones. Every other session ends. Throws TwoFactorNotEnrolling, TwoFactorCodeInvalid or
   * TooManyAttempts.
   */
  async confirm(actor: Actor, code: string): Promise<ReissuedTokens> {
    if (!(await this.factors.isEnrolling(actor.userId))) throw new TwoFactorNotEnrolling();
    const change = { action: 'two_factor.enabled', notice: 'two_factor_enabled' } as const;
    return this.changes.confirm(actor, code, change, async (tx) => {
      await this.sessions.endOthers(tx, actor, 'two_factor_enabled');
      return this.reissuing.reissue(tx, actor, true);
    });
  }

  /**
   * Removes the factor with its recovery codes and trusted devices. The caller's session continues as after `confirm`;
   * every other one ends. Throws TwoFactorNotEnabled, CurrentPasswordIncorrect, TwoFactorCodeInvalid or
   * TooManyAttempts.
   */
  async disable(actor: Actor, password: string, code: string): Promise<ReissuedTokens> {
    const change = { action: 'two_factor.disabled', notice: 'two_factor_disabled' } as const;
    return this.changes.change(actor, { password, code }, change, async (tx, user) => {
      await this.resetting.wipe(tx, user.id);
      await this.sessions.endOthers(tx, actor, 'two_factor_disabled');
      return this.reissuing.reissue(tx, actor, false);
    });
  }

  /** Issues ten new recovery codes and invalidates the old ones. Throws what `disable` throws. */
  async regenerateRecoveryCodes(actor: Actor, password: string, code: string): Promise<string[]> {
    const change = { action: 'recovery_codes.regenerated', notice: 'recovery_codes_regenerated' } as const;
    return this.changes.change(actor, { password, code }, change, async (tx, user) => {
      const codes = await this.recoveryCodes.replace(tx, user.id);
      await this.pending.endAll(tx, user.id);
      return codes;
    });
  }
}
