import { Inject, Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { OtpService, type VerifiedOtp } from '../otp/otp.service.js';
import type { OtpSchedule, OtpSubject } from '../otp/otp-codes.js';
import { DirectSignInsService } from '../sessions/direct-sign-ins.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { EmailCodesDisabled } from './auth.errors.js';

/** One-time codes to sign in or up with. Each method throws EmailCodesDisabled where EMAIL_CODE_SIGN_IN is off. */
@Injectable()
export class SignInCodesService {
  constructor(
    private readonly otp: OtpService,
    private readonly direct: DirectSignInsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a code. Returns the same result after the same statements, whether or not an account holds the identifier and
   * whether or not a sending limit suppressed the code.
   */
  async request(identifier: Identifier, origin: RequestOrigin): Promise<OtpSchedule> {
    const subject = this.subjectOf(identifier);
    await this.otp.request(subject, origin);
    return this.otp.schedule(subject);
  }

  /** As `OtpService.verify`. */
  async verify(identifier: Identifier, code: string, origin: RequestOrigin): Promise<VerifiedOtp> {
    return this.otp.verify(this.subjectOf(identifier), code, origin);
  }

  /**
   * Consumes the code and signs in the person who has verified the identifier, in one statement. Null if that is not all
   * there is to do (`DirectSignInsService`); then the code is as it was.
   */
  signIn(identifier: Identifier, verified: VerifiedOtp, origin: RequestOrigin): Promise<IssuedTokens | null> {
    return this.direct.byCode(this.otp.proofOf(this.subjectOf(identifier), verified), origin);
  }

  /** As `OtpService.consume`. */
  consume(
    tx: Transaction,
    identifier: Identifier,
    verified: VerifiedOtp,
    origin: RequestOrigin,
  ): Promise<void> {
    return this.otp.consume(tx, this.subjectOf(identifier), verified, origin);
  }

  private subjectOf(identifier: Identifier): OtpSubject & { purpose: 'sign-in' } {
    if (identifier.kind === 'email' && !this.config.EMAIL_CODE_SIGN_IN) throw new EmailCodesDisabled();
    return { purpose: 'sign-in', identifier };
  }
}
