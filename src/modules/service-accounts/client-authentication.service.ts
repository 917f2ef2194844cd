import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { createLocalJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { validate as isUuid } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import { hashKeyText } from '../api-keys/key-text.js';
import type { ClientCredentials } from './client-credentials.js';
import { ASSERTION_ALGORITHMS } from './public-keys.js';
import { type AccountState, ServiceAccountStatesRepository } from './service-account-states.repository.js';
import { InvalidClient } from './service-accounts.errors.js';

const TOKEN_PATH = '/oauth/token';
const LEEWAY_SECONDS = 5;
/** An assertion is for one request: one that is valid for longer is refused. */
const MAX_ASSERTION_SECONDS = 600;
const MAX_JTI = 256;

/**
 * Authenticates service accounts. Secrets are 256 random bits, so guesses need no count: the rate limit of the address
 * bounds them, and nobody can lock an account out. Nothing is cached.
 */
@Injectable()
export class ClientAuthenticationService {
  constructor(
    private readonly states: ServiceAccountStatesRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Throws the same InvalidClient for everything that does not authenticate an account. */
  async authenticate(credentials: ClientCredentials): Promise<AccountState> {
    return credentials.method === 'secret'
      ? this.bySecret(credentials.clientId, credentials.secret)
      : this.byAssertion(credentials.assertion, credentials.clientId);
  }

  private async bySecret(id: string, secret: string): Promise<AccountState> {
    const account = isUuid(id) ? await this.states.readBySecret(id, hashKeyText(secret)) : null;
    if (!account) throw new InvalidClient('secret');
    return account;
  }

  /** RFC 7523 §3. The signature is verified before the use is recorded, so that strangers fill no table. */
  private async byAssertion(assertion: string, clientId: string | undefined): Promise<AccountState> {
    const id = subjectOf(assertion);
    if (!isUuid(id) || (clientId !== undefined && clientId !== id)) throw new InvalidClient('subject');
    const account = await this.states.read(id);
    if (!account?.publicKeys) throw new InvalidClient('no keys');
    const { publicUrl } = this.config;
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(account.publicKeys), {
      issuer: id,
      subject: id,
      audience: [publicUrl, `${publicUrl}${TOKEN_PATH}`],
      algorithms: [...ASSERTION_ALGORITHMS],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: LEEWAY_SECONDS,
    }).catch((error: Error) => {
      throw new InvalidClient(error.message);
    });
    await this.useOnce(id, payload);
    return account;
  }

  private async useOnce(id: string, { jti, exp = 0 }: JWTPayload): Promise<void> {
    const now = Date.now() / 1000;
    if (exp - now > MAX_ASSERTION_SECONDS) throw new InvalidClient('valid for too long');
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) throw new InvalidClient('jti');
    const hash = createHash('sha256').update(`${id} ${jti}`).digest();
    const expiresAt = new Date((exp + LEEWAY_SECONDS) * 1000);
    if (!(await this.states.useAssertion(hash, id, expiresAt))) throw new InvalidClient('used before');
  }
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? '';
  } catch {
    return '';
  }
}
