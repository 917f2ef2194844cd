import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { validate as isUuid } from 'uuid';
import { addressBlock, type RequestOrigin } from '../../common/request-origin.js';
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

/** The signature is right: whoever signed it has the key, so it was no guess. */
const NO_GUESS = [errors.JWTClaimValidationFailed, errors.JWTExpired];

/**
 * Authenticates service accounts. Secrets are 256 random bits, so a right one is no lucky guess: it is never delayed, and
 * nobody can lock an account out. Wrong ones are counted for the account and the address that they come from together,
 * after the comparison, and slowed down like other guesses; each refusal is recorded in the audit trail, as sums. Nothing
 * is cached.
 */
@Injectable()
export class ClientAuthenticationService {
  constructor(
    private readonly states: ServiceAccountStatesRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Throws the same InvalidClient for everything that does not authenticate an account, or TooManyAttempts if that
   * happened too often.
   */
  async authenticate(credentials: ClientCredentials, origin: RequestOrigin): Promise<AccountState> {
    return credentials.method === 'secret'
      ? this.bySecret(credentials.clientId, credentials.secret, origin)
      : this.byAssertion(credentials.assertion, credentials.clientId, origin);
  }

  private async bySecret(id: string, secret: string, origin: RequestOrigin): Promise<AccountState> {
    const account = isUuid(id) ? await this.states.readBySecret(id, hashKeyText(secret)) : null;
    return account ?? this.refuse(id, 'wrong_secret', origin);
  }

  /** RFC 7523 §3. The signature is verified before the use is recorded, so that strangers fill no table. */
  private async byAssertion(
    assertion: string,
    clientId: string | undefined,
    origin: RequestOrigin,
  ): Promise<AccountState> {
    const id = subjectOf(assertion);
    if (!isUuid(id) || (clientId !== undefined && clientId !== id))
      return this.refuse(clientId ?? id, 'wrong_assertion', origin);
    const account = await this.states.read(id);
    if (!account?.publicKeys) return this.refuse(id, 'wrong_assertion', origin);
    const { publicUrl } = this.config;
    const payload = await verifyByAny(assertion, account.publicKeys, {
      issuer: id,
      subject: id,
      audience: [publicUrl, `${publicUrl}${TOKEN_PATH}`],
      algorithms: [...ASSERTION_ALGORITHMS],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: LEEWAY_SECONDS,
    }).catch((error: Error) => {
      if (NO_GUESS.some((type) => error instanceof type)) throw refusalOf(account, error.message);
      return this.refuse(id, 'wrong_assertion', origin);
    });
    await this.useOnce(account, payload);
    return account;
  }

  private async useOnce(account: AccountState, { jti, exp = 0 }: JWTPayload): Promise<void> {
    const now = Date.now() / 1000;
    if (exp - now > MAX_ASSERTION_SECONDS) throw refusalOf(account, 'valid for too long');
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) throw refusalOf(account, 'jti');
    const hash = createHash('sha256').update(`${account.id} ${jti}`).digest();
    const expiresAt = new Date((exp + LEEWAY_SECONDS) * 1000);
    if (!(await this.states.useAssertion(hash, account.id, expiresAt)))
      throw refusalOf(account, 'used before', 'used_before');
  }

  /** `id` is what the request names, and may be of no form. The database reads a UUID in either case. */
  private async refuse(
    id: string,
    reason: 'wrong_secret' | 'wrong_assertion',
    { address }: RequestOrigin,
  ): Promise<never> {
    const subject = `client:${id.toLowerCase()}:${addressBlock(address)}`;
    const guess = { subject, address, isMachine: true };
    throw new InvalidClient(reason, await this.states.countRefusal(isUuid(id) ? id : null, guess, reason));
  }
}

/** Of an assertion that a key of the account has signed. */
function refusalOf(
  { id, tenantId }: AccountState,
  why: string,
  reason: 'claims' | 'used_before' = 'claims',
): InvalidClient {
  return new InvalidClient(why, { serviceAccountId: id, tenantId, reason });
}

/** Keys of one kind need no `kid` to be told apart: then each is tried. Rejects as `jwtVerify` does. */
async function verifyByAny(
  assertion: string,
  keys: JSONWebKeySet,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(assertion, createLocalJWKSet(keys), options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(assertion, key, options)).payload;
      } catch (refusal) {
        if (!(refusal instanceof errors.JWSSignatureVerificationFailed)) throw refusal;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? '';
  } catch {
    return '';
  }
}
