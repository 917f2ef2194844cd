import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import {
  IdentifierVerificationService,
  type PresentedSession,
} from '../identifiers/identifier-verification.service.js';
import type { OtpSchedule } from '../otp/otp-codes.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { AccountsRepository } from './accounts.repository.js';
import { type SignInOutcome, SignInService } from './sign-in.service.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInCounts } from './sign-in-counts.js';
import { SignupTicketsService } from './signup-tickets.service.js';

/** A sign-in to the account that holds the identifier, or a token to sign up with it (`new`). */
export type OtpVerification = SignInOutcome | { kind: 'new'; signupToken: string };

/**
 * Sign-in and sign-up by one-time code. A code is sent to any identifier, so a request does not disclose whether an
 * account exists. The account is looked up only when the code is verified.
 */
@Injectable()
export class OtpSignInService {
  constructor(
    private readonly database: Database,
    private readonly codes: SignInCodesService,
    private readonly verification: IdentifierVerificationService,
    private readonly accounts: AccountsRepository,
    private readonly tickets: SignupTicketsService,
    private readonly signIns: SignInService,
    private readonly counts: SignInCounts,
  ) {}

  /** Sends a code: `SignInCodesService.request`. */
  request(identifier: Identifier, origin: RequestOrigin): Promise<OtpSchedule> {
    return this.codes.request(identifier, origin);
  }

  /**
   * Verifies the identifier and signs in to the account that holds it afterwards (`IdentifierVerificationService`). In
   * a session of that account (`actor`), the account stays as it is; otherwise an account without any verified
   * identifier is emptied first. If no account holds the identifier, returns a sign-up token. Throws OtpInvalid,
   * TooManyAttempts, EmailCodesDisabled, or AccessTokenInvalid where the account is that of `formerUserId`, whose token
   * has ended, and would lose something.
   */
  verify(
    identifier: Identifier,
    code: string,
    origin: RequestOrigin,
    actor: Actor | null = null,
    formerUserId: string | null = null,
  ): Promise<OtpVerification> {
    const session = { ownId: actor?.userId, formerId: formerUserId };
    return this.counts.count('otp', () => this.attempt(identifier, code, origin, session));
  }

  private async attempt(
    identifier: Identifier,
    code: string,
    origin: RequestOrigin,
    session: PresentedSession,
  ): Promise<OtpVerification> {
    const verified = await this.codes.verify(identifier, code, origin);
    const tokens = await this.codes.signIn(identifier, verified, origin);
    if (tokens) return { kind: 'signed-in', tokens };
    return this.database.acrossTenants(async (tx) => {
      await this.verification.lockClaim(tx, identifier);
      await this.codes.consume(tx, identifier, verified, origin);
      const holder = await this.verification.verify(tx, identifier, origin, session);
      if (!holder) return { kind: 'new', signupToken: await this.tickets.issue(tx, identifier, origin) };
      // Issue a ticket here too: if the client goes on to sign up, it gets the published "taken" error instead of "not
      // verified"
      if (holder.how === 'taken-over') await this.tickets.issue(tx, identifier, origin);
      return this.signIn(tx, holder.user, origin);
    });
  }

  private async signIn(
    tx: Transaction,
    { id: userId }: UserEntity,
    origin: RequestOrigin,
  ): Promise<SignInOutcome> {
    const tenantId = await this.accounts.findTenantToOpen(tx, userId);
    return this.signIns.complete(tx, { userId, tenantId, method: 'otp' }, origin);
  }
}
