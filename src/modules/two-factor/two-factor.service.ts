import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import { type ReissuedTokens, ReissueService } from '../sessions/reissue.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { type CodeGuess, SecondFactorService } from './second-factor.service.js';
import { SecondFactorResetService } from './second-factor-reset.service.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TwoFactorNotEnabled, TwoFactorNotEnrolling } from './two-factor.errors.js';

export interface TwoFactorStatus {
  enabled: boolean;
  recoveryCodesLeft: number;
}

/** Operations of a signed-in user on their second factor after `EnrolmentService.enrol`. */
@Injectable()
export class TwoFactorService {
  constructor(
    private readonly database: Database,
    private readonly factors: TotpFactorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly secondFactor: SecondFactorService,
    private readonly resetting: SecondFactorResetService,
    private readonly reauthentication: ReauthenticationService,
    private readonly sessions: SessionsService,
    private readonly reissuing: ReissueService,
    private readonly pending: PendingSignInsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
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
    if (!(await this.factors.isEnrolling(this.database.autocommit, actor.userId)))
      throw new TwoFactorNotEnrolling();
    return this.secondFactor.useToConfirm(await this.reserve(actor), code, async (tx, user) => {
      await this.sessions.endOthers(tx, actor, 'two_factor_enabled');
      await this.record(tx, actor, 'two_factor.enabled');
      await this.notices.send(tx, user, 'two_factor_enabled', actor.origin);
      return this.reissuing.reissue(tx, actor, true);
    });
  }

  /**
   * Removes the factor with its recovery codes and trusted devices. The caller's session continues as after `confirm`;
   * every other one ends. Throws TwoFactorNotEnabled, CurrentPasswordIncorrect, TwoFactorCodeInvalid or
   * TooManyAttempts.
   */
  async disable(actor: Actor, password: string, code: string): Promise<ReissuedTokens> {
    await this.assertOwner(actor, password);
    return this.secondFactor.use(await this.reserve(actor), code, async (tx, user) => {
      await this.resetting.wipe(tx, user.id);
      await this.sessions.endOthers(tx, actor, 'two_factor_disabled');
      await this.record(tx, actor, 'two_factor.disabled');
      await this.notices.send(tx, user, 'two_factor_disabled', actor.origin);
      return this.reissuing.reissue(tx, actor, false);
    });
  }

  /** Issues ten new recovery codes and invalidates the old ones. Throws what `disable` throws. */
  async regenerateRecoveryCodes(actor: Actor, password: string, code: string): Promise<string[]> {
    await this.assertOwner(actor, password);
    return this.secondFactor.use(await this.reserve(actor), code, async (tx, user) => {
      const codes = await this.recoveryCodes.replace(tx, user.id);
      await this.pending.endAll(tx, user.id);
      await this.record(tx, actor, 'recovery_codes.regenerated');
      await this.notices.send(tx, user, 'recovery_codes_regenerated', actor.origin);
      return codes;
    });
  }

  private async assertOwner(actor: Actor, password: string): Promise<void> {
    if (!actor.session.user.twoFactorEnabled) throw new TwoFactorNotEnabled();
    await this.reauthentication.byPassword(actor, password, 'password');
  }

  private reserve({ userId, session, origin }: Actor): Promise<CodeGuess> {
    return this.secondFactor.reserve(userId, session.membership?.tenant.id ?? null, origin);
  }

  private record(tx: Transaction, actor: Actor, action: AuditAction): Promise<void> {
    return this.audit.record(tx, actor.origin, {
      action,
      tenantId: actor.session.membership?.tenant.id ?? null,
      actorId: actor.userId,
      target: { kind: 'user', id: actor.userId },
    });
  }
}
