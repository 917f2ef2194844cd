import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import type { Identifier } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { EmailTaken, PhoneTaken } from '../users/users.errors.js';
import { PhoneNotVerified, SignupTokenInvalid } from './auth.errors.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { FoundingService } from './founding.service.js';
import type { Registration } from './registration.service.js';
import type { SignInOutcome } from './sign-in.service.js';
import { SignupProofsService } from './signup-proofs.service.js';

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
    private readonly proofs: SignupProofsService,
    private readonly credentials: CredentialsService,
    private readonly founding: FoundingService,
  ) {}

  /**
   * The verified identifier is the account's. Where an account has come to claim it since it was verified, that account
   * goes to whoever signs up (`IdentifierVerificationService`), and the new organisation is one more of its own. One
   * proof is good for one account: of parallel calls one succeeds. Throws SignupTokenInvalid or PhoneNotVerified, or
   * what `register` throws, in which case the proof is unspent.
   */
  async signUp(input: Signup, client: Client): Promise<SignInOutcome> {
    const identifier = await this.claimedIdentifier(input);
    const { signupToken, firstName, lastName, companyName: name, businessType, template, slug } = input;
    const person = { email: input.email, firstName, lastName, [identifier.kind]: identifier.value };
    const about = { ...person, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    return this.database.acrossTenants(async (tx) => {
      // The account first and the proof second, as everywhere, or two of them wait for each other
      await this.verification.lockClaim(tx, identifier);
      await this.spend(tx, signupToken, identifier, client);
      const holder = await this.verification.verify(tx, identifier, client);
      if (holder?.how === 'owner') throw identifier.kind === 'email' ? new EmailTaken() : new PhoneTaken();
      const founder = { ...person, [`${identifier.kind}Verified`]: true };
      const tenant = { name, businessType, template, slug };
      const founding = { founder, account: holder?.user, passwordHash, tenant, method: 'otp' } as const;
      return this.founding.found(tx, founding, client);
    });
  }

  private async claimedIdentifier({ signupToken, phone, email }: Signup): Promise<Identifier> {
    if (signupToken === undefined) {
      if (phone === undefined) throw new SignupTokenInvalid();
      return { kind: 'phone', value: phone };
    }
    const identifier = await this.proofs.find(signupToken);
    const said = identifier?.kind === 'phone' ? phone : email;
    if (!identifier || (said !== undefined && said !== identifier.value)) throw new SignupTokenInvalid();
    return identifier;
  }

  private async spend(
    tx: Tx,
    signupToken: string | undefined,
    identifier: Identifier,
    client: Client,
  ): Promise<void> {
    if (signupToken !== undefined) {
      if (!(await this.proofs.spend(tx, signupToken))) throw new SignupTokenInvalid();
    } else if (!(await this.proofs.spendAtAddress(tx, identifier, client))) {
      throw new PhoneNotVerified();
    }
  }
}
