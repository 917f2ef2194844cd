import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Identifier } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { EmailTaken, PhoneTaken } from '../users/users.errors.js';
import { PhoneNotVerified, SignupTokenInvalid } from './auth.errors.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { TenantCreationService } from './tenant-creation.service.js';
import type { Registration } from './registration.service.js';
import type { SignInOutcome } from './sign-in.service.js';
import { SignupTicketsService } from './signup-tickets.service.js';

export interface Signup extends Registration {
  /** From `OtpSignInService.verify`. Without it, `phone` must have been verified from the same address. */
  signupToken?: string;
}

/** The second half of a sign-up by code: whoever has proven an identifier founds an organisation with it. */
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
   * The verified identifier is the account's. Where an account has come to claim it since it was verified, that account
   * goes to whoever signs up (`IdentifierVerificationService`), and the new organisation is one more of its own. One
   * ticket is good for one account: of parallel calls one succeeds. Throws SignupTokenInvalid or PhoneNotVerified, or
   * what `register` throws, in which case the ticket is unspent.
   */
  async signUp(input: Signup, origin: RequestOrigin): Promise<SignInOutcome> {
    const identifier = await this.claimedIdentifier(input);
    const { signupToken, firstName, lastName, companyName: name, businessType, template, slug } = input;
    const person = { email: input.email, firstName, lastName, [identifier.kind]: identifier.value };
    const about = { ...person, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    return this.database.acrossTenants(async (tx) => {
      // The account first and the ticket second, as everywhere, or two of them wait for each other
      await this.verification.lockClaim(tx, identifier);
      await this.spend(tx, signupToken, identifier, origin);
      const holder = await this.verification.verify(tx, identifier, origin);
      if (holder?.how === 'owner') throw identifier.kind === 'email' ? new EmailTaken() : new PhoneTaken();
      const founder = { ...person, [`${identifier.kind}Verified`]: true };
      const tenant = { name, businessType, template, slug };
      const creation = { founder, account: holder?.user, passwordHash, tenant, method: 'otp' } as const;
      return this.creation.createAndSignIn(tx, creation, origin);
    });
  }

  private async claimedIdentifier({ signupToken, phone, email }: Signup): Promise<Identifier> {
    if (signupToken === undefined) {
      if (phone === undefined) throw new SignupTokenInvalid();
      return { kind: 'phone', value: phone };
    }
    const identifier = await this.tickets.find(signupToken);
    const said = identifier?.kind === 'phone' ? phone : email;
    if (!identifier || (said !== undefined && said !== identifier.value)) throw new SignupTokenInvalid();
    return identifier;
  }

  private async spend(
    tx: Tx,
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
