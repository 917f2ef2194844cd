import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { EmailTaken, PhoneTaken } from '../users/users.errors.js';
import { PhoneNotVerified, SignupTokenInvalid } from './auth.errors.js';
import type { Registration } from './registration.service.js';
import type { SignInOutcome } from './sign-in.service.js';
import { SignupTicketsService } from './signup-tickets.service.js';
import { TenantCreationService } from './tenant-creation.service.js';

export interface Signup extends Registration {
  /** From `OtpSignInService.verify`. Without it, `phone` must have been verified from the same address. */
  signupToken?: string;
}

/** Completes a sign-up by code: creates a tenant for the holder of a verified identifier. */
@Injectable()
export class SignupService {
  constructor(
    private readonly database: Database,
    private readonly verification: IdentifierVerificationService,
    private readonly tickets: SignupTicketsService,
    private readonly credentials: CredentialsService,
    private readonly creation: TenantCreationService,
  ) {}

  /**
   * The new account holds the verified identifier. If another account has claimed the identifier since its
   * verification, that account is taken over (`IdentifierVerificationService`) and the new tenant is added to its
   * tenants. A ticket is valid for one account: of parallel calls, one succeeds. Throws SignupTokenInvalid,
   * PhoneNotVerified, or what `register` throws; the latter leaves the ticket unspent.
   */
  async signUp(input: Signup, origin: RequestOrigin): Promise<SignInOutcome> {
    const identifier = await this.claimedIdentifier(input);
    const { signupToken, firstName, lastName, companyName: name, businessType, template, sameName } = input;
    const person = { email: input.email, firstName, lastName, [identifier.kind]: identifier.value };
    const about = { ...person, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    return this.database.acrossTenants(async (tx) => {
      // Lock order is account before ticket everywhere, to prevent deadlocks
      await this.verification.lockClaim(tx, identifier);
      await this.spend(tx, signupToken, identifier, origin);
      const holder = await this.verification.verify(tx, identifier, origin);
      if (holder?.how === 'owner') throw identifier.kind === 'email' ? new EmailTaken() : new PhoneTaken();
      const creator = { ...person, [`${identifier.kind}Verified`]: true };
      const tenant = { name, businessType, template, sameName };
      const creation = { creator, account: holder?.user, passwordHash, tenant, method: 'otp' } as const;
      return this.creation.createAndSignIn(tx, creation, origin);
    });
  }

  private async claimedIdentifier({ signupToken, phone, email }: Signup): Promise<Identifier> {
    if (signupToken === undefined) {
      if (phone === undefined) throw new SignupTokenInvalid();
      return { kind: 'phone', value: phone };
    }
    const identifier = await this.tickets.find(signupToken);
    const claimed = identifier?.kind === 'phone' ? phone : email;
    if (!identifier || (claimed !== undefined && claimed !== identifier.value))
      throw new SignupTokenInvalid();
    return identifier;
  }

  private async spend(
    tx: Transaction,
    signupToken: string | undefined,
    identifier: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    if (signupToken !== undefined) {
      if (!(await this.tickets.spend(tx, signupToken))) throw new SignupTokenInvalid();
    } else if (!(await this.tickets.spendAtAddress(tx, identifier, origin))) {
      throw new PhoneNotVerified();
    }
  }
}
