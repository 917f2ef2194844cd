import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { type OtpSchedule, OtpService, type OtpSubject } from '../otp/otp.service.js';
import { KnownAddressesService } from '../sessions/known-addresses.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hasVerified } from '../users/verified-identifiers.js';
import { AccountsRepository } from './accounts.repository.js';
import { EmailCodesDisabled } from './auth.errors.js';
import { type SignInOutcome, SignInService } from './sign-in.service.js';
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
    private readonly otp: OtpService,
    private readonly verification: IdentifierVerificationService,
    private readonly users: UsersService,
    private readonly addresses: KnownAddressesService,
    private readonly accounts: AccountsRepository,
    private readonly tickets: SignupTicketsService,
    private readonly signIns: SignInService,
    private readonly counts: SignInCounts,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns the same result after the same statements, whether or not an account holds the identifier and whether or
   * not a sending limit suppressed the code. Throws EmailCodesDisabled.
   */
  async request(identifier: Identifier, origin: RequestOrigin): Promise<OtpSchedule> {
    const subject = this.subjectOf(identifier);
    const holder = await this.users.findByIdentifier(identifier);
    const owner = holder && hasVerified(holder, identifier.kind) ? holder.id : null;
    const fromKnownAddress = await this.addresses.isKnown(owner, origin.address);
    await this.database.acrossTenants((tx) => this.otp.issue(tx, subject, origin, { fromKnownAddress }));
    return this.otp.schedule(subject);
  }

  /**
   * Verifies the identifier and signs in to the account that holds it afterwards (`IdentifierVerificationService`). In
   * a session of that account (`actor`), the account stays as it is; otherwise an account without any verified
   * identifier is emptied first. If no account holds the identifier, returns a sign-up token. Throws OtpInvalid,
   * TooManyAttempts or EmailCodesDisabled.
   */
  verify(
    identifier: Identifier,
    code: string,
    origin: RequestOrigin,
    actor: Actor | null = null,
  ): Promise<OtpVerification> {
    return this.counts.count('otp', () => this.attempt(identifier, code, origin, actor));
  }

  private async attempt(
    identifier: Identifier,
    code: string,
    origin: RequestOrigin,
    actor: Actor | null,
  ): Promise<OtpVerification> {
    const subject = this.subjectOf(identifier);
    const verified = await this.otp.verify(subject, code, origin);
    return this.database.acrossTenants(async (tx) => {
      await this.verification.lockClaim(tx, identifier);
      await this.otp.consume(tx, subject, verified, origin);
      const holder = await this.verification.verify(tx, identifier, origin, actor?.userId);
      if (!holder) return { kind: 'new', signupToken: await this.tickets.issue(tx, identifier, origin) };
      // Issue a ticket here too: if the client goes on to sign up, it gets the published "taken" error instead of "not
      // verified"
      if (holder.how === 'taken-over') await this.tickets.issue(tx, identifier, origin);
      return this.signIn(tx, holder.user, origin);
    });
  }

  private async signIn(tx: Transaction, { id: userId }: User, origin: RequestOrigin): Promise<SignInOutcome> {
    const tenantId = await this.accounts.findTenantToOpen(tx, userId);
    return this.signIns.complete(tx, { userId, tenantId, method: 'otp' }, origin);
  }

  private subjectOf(identifier: Identifier): OtpSubject {
    if (identifier.kind === 'email' && !this.config.EMAIL_CODE_SIGN_IN) throw new EmailCodesDisabled();
    return { purpose: 'sign-in', identifier };
  }
}
