import { Inject, Injectable } from '@nestjs/common';
import { v5 as nameBasedId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { addressBlock, type RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { SecretsService } from '../secrets/secrets.service.js';

/** The namespace of ids derived from identifiers without an account. An arbitrary constant. */
const NAMESPACE = 'b1d4a2f0-6c53-4d8e-9a67-2f1c8e5b7d90';
const PURPOSE = 'signup';

/**
 * Records for SIGNUP_PROOF_TTL_SECONDS that an identifier without an account was verified. A ticket is valid for one
 * sign-up: by the bearer of its token or, in a contract without such a field, by a client at the same address.
 */
@Injectable()
export class SignupTicketsService {
  constructor(
    private readonly secrets: SecretsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A new ticket revokes the older one for the same identifier. */
  async issue(tx: Transaction, identifier: Identifier, origin: RequestOrigin): Promise<string> {
    const { token } = await this.secrets.issue(tx, {
      purpose: PURPOSE,
      subjectId: subjectOf(identifier),
      ttlSeconds: this.config.SIGNUP_PROOF_TTL_SECONDS,
      data: { ...identifier, address: addressBlock(origin.address) },
    });
    return token;
  }

  /** Returns the identifier that was verified for this token, without spending the token. */
  async find(token: string): Promise<Identifier | null> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (secret?.state !== 'open') return null;
    const { kind, value } = secret.data as unknown as Identifier;
    return { kind, value };
  }

  /** Of any number of parallel calls, one returns true. */
  async spend(tx: Transaction, token: string): Promise<boolean> {
    return (await this.secrets.spend(tx, PURPOSE, token)) !== null;
  }

  /** As `spend`, for a client without a token: the identifier must have been verified from the client's own address. */
  spendAtAddress(tx: Transaction, identifier: Identifier, origin: RequestOrigin): Promise<boolean> {
    const data = { address: addressBlock(origin.address) };
    return this.secrets.spendIssuedFor(tx, { purpose: PURPOSE, subjectId: subjectOf(identifier), data });
  }
}

function subjectOf({ kind, value }: Identifier): string {
  return nameBasedId(`${kind}:${value}`, NAMESPACE);
}
