import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import type { Identifier } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { IdentifierProofService } from '../users/identifier-proof.service.js';
import { UsersService } from '../users/users.service.js';
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
    private readonly users: UsersService,
    private readonly proof: IdentifierProofService,
    private readonly proofs: SignupProofsService,
    private readonly credentials: CredentialsService,
    private readonly founding: FoundingService,
  ) {}

  /**
   * The proven identifier is the account's, verified, whoever held it unproven before. One proof is good for one
   * account: of parallel calls one succeeds. Throws SignupTokenInvalid or PhoneNotVerified, or what `register` throws,
   * in which case the proof is unspent.
   */
  async signUp(input: Signup, client: Client): Promise<SignInOutcome> {
    const identifier = await this.claimedIdentifier(input);
    const { signupToken, firstName, lastName, companyName: name, businessType, template, slug } = input;
    const person = { email: input.email, firstName, lastName, [identifier.kind]: identifier.value };
    const about = { ...person, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    return this.database.transaction(async (tx) => {
      await this.proof.lockClaim(tx, identifier);
      // The account first and the proof second, as everywhere, or two of them wait for each other
      await this.users.lockHolder(tx, identifier);
      await this.spend(tx, signupToken, identifier, client);
      await this.proof.releaseUnproven(tx, identifier, null, client);
      const founder = { ...person, [`${identifier.kind}Verified`]: true };
      const tenant = { name, businessType, template, slug };
      return this.founding.found(tx, { founder, passwordHash, tenant, method: 'otp' }, client);
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
