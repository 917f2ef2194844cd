import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { LRUCache } from 'lru-cache';
import type { SessionState } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import {
  type AccessClaims,
  type ClientClaims,
  clientOf,
  isComplete,
  isOfPerson,
  tenantClaims,
} from './access-claims.js';
import { JwsSigner } from './jws-signer.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import type { OwnSigningKey, SigningKey } from './signing-key.js';
import { SigningKeysService } from './signing-keys.service.js';

/** RFC 9068 §2.1 */
const ACCESS_TOKEN_TYPE = 'at+jwt';
const HEADER_MEMBERS = ['alg', 'typ', 'kid'];
const CLOCK_LEEWAY_SECONDS = 5;
const MAX_VERIFIED = 20_000;

/** The service account that a token is for. */
export interface TokenClient {
  id: string;
  tenantId: string | null;
  product: string;
  /** RFC 6749 §3.3 */
  scope: string;
  /** One of `audiencesOf` its product. Default: the first. */
  audience?: string;
}

type RegisteredClaim = 'iss' | 'jti' | 'iat' | 'nbf' | 'exp';

/** Claims whose signature was verified, and the key that verified it. */
interface Verified {
  claims: AccessClaims | ClientClaims;
  key: SigningKey;
}

/**
 * Signs and verifies access tokens (RFC 9068). Their role and tenant claims are for resource servers only: this server
 * reads both from the database. The result of a signature check never changes, so it is cached under the whole token
 * until the token expires or its key is no longer valid.
 */
@Injectable()
export class AccessTokensService {
  private readonly audiences: [string, ...string[]];
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_VERIFIED });

  private readonly signers = new WeakMap<OwnSigningKey, JwsSigner>();

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.audiences = [config.publicUrl, ...config.PRODUCT_AUDIENCES.values()];
  }

  /**
   * Signs an access token that expires no later than the session's absolute end; for an operator in the place of the person
   * exactly then, because it is not renewed. `expiresIn` is in seconds.
   */
  sign(state: SessionState): { accessToken: string; expiresIn: number } {
    const left = Math.floor(state.expiresAt.getTime() / 1000) - Math.floor(Date.now() / 1000);
    const { impersonation } = state;
    const ttl = impersonation ? left : this.config.ACCESS_TOKEN_TTL_SECONDS;
    const expiresIn = Math.max(0, Math.min(ttl, left));
    return this.signClaims(expiresIn, {
      aud: this.audiencesOf(state.membership?.tenant.product)[0],
      sub: state.user.id,
      client_id: clientOf(state),
      sid: state.sessionId,
      ver: state.tokenVersion,
      ...(impersonation && { act: { sub: impersonation.operatorId } }),
      ...tenantClaims(state),
    });
  }

  /** Signs an access token of a service account. */
  signForClient(client: TokenClient): { accessToken: string; expiresIn: number } {
    const { id, tenantId, product, scope, audience = this.audiencesOf(product)[0] } = client;
    return this.signClaims(this.config.ACCESS_TOKEN_TTL_SECONDS, {
      ...{ aud: audience, sub: id, client_id: id, scope },
      ...(tenantId !== null && { org_id: tenantId }),
    });
  }

  /** What a token for this product may be for: the product's audience, if it has its own, and this server. */
  audiencesOf(product: string | null | undefined): [string, ...string[]] {
    const own = this.config.PRODUCT_AUDIENCES.get(product ?? '');
    return own === undefined ? [this.config.publicUrl] : [own, this.config.publicUrl];
  }

  private signClaims(
    expiresIn: number,
    own: Omit<AccessClaims, RegisteredClaim> | Omit<ClientClaims, RegisteredClaim>,
  ): { accessToken: string; expiresIn: number } {
    const { publicUrl } = this.config;
    const iat = Math.floor(Date.now() / 1000);
    const times = { iat, nbf: iat, exp: iat + expiresIn };
    const claims = { iss: publicUrl, jti: randomUUID(), ...times, ...own };
    return { accessToken: this.signer(this.keys.current).sign(claims), expiresIn };
  }

  /**
   * The claims of a valid access token, by signature, header and claims (RFC 8725 §3, RFC 9068 §4). It does not read
   * the session: `SessionStatesService.getByClaims` does. Throws AccessTokenInvalid; rejects with the error of the
   * database if the signing keys cannot be read.
   */
  async verify(token: string): Promise<AccessClaims> {
    const claims = await this.verifyAny(token);
    if (!isOfPerson(claims)) throw new AccessTokenInvalid();
    return claims;
  }

  /** As `verify`, for the token of a service account; null for every other text. */
  async findForClient(token: string): Promise<ClientClaims | null> {
    const claims = await this.verifyAny(token).catch((error: unknown) => {
      if (error instanceof AccessTokenInvalid) return null;
      throw error;
    });
    return claims && !isOfPerson(claims) ? claims : null;
  }

  private async verifyAny(token: string): Promise<AccessClaims | ClientClaims> {
    const known = this.recallAny(token);
    if (known) return known;
    await this.keys.refresh();
    const key = await this.findKey(token);
    if (!key) throw new AccessTokenInvalid();
    const claims = await this.verifyWith(key, token);
    this.verified.set(token, { claims, key });
    return claims;
  }

  /** The claims of a token that `verify` accepted before, while the token and its key are valid; otherwise undefined. */
  recall(token: string): AccessClaims | undefined {
    const claims = this.recallAny(token);
    return claims && isOfPerson(claims) ? claims : undefined;
  }

  private recallAny(token: string): AccessClaims | ClientClaims | undefined {
    const found = this.verified.get(token);
    if (!found || found.claims.exp * 1000 <= Date.now()) return undefined;
    if (this.keys.isValid(found.key)) return found.claims;
    this.verified.delete(token);
    return undefined;
  }

  private signer(key: OwnSigningKey): JwsSigner {
    const known = this.signers.get(key);
    if (known) return known;
    const signer = new JwsSigner(key.sign, { alg: key.algorithm, typ: ACCESS_TOKEN_TYPE, kid: key.kid });
    this.signers.set(key, signer);
    return signer;
  }

  private async findKey(token: string): Promise<SigningKey | null> {
    const header = readHeader(token);
    const known = header !== null && Object.keys(header).every((name) => HEADER_MEMBERS.includes(name));
    if (!known || header.typ !== ACCESS_TOKEN_TYPE || typeof header.kid !== 'string') return null;
    const key = await this.keys.find(header.kid);
    return key?.algorithm === header.alg ? key : null;
  }

  private async verifyWith(key: SigningKey, token: string): Promise<AccessClaims | ClientClaims> {
    const claims = await this.jwt
      .verifyAsync<Partial<AccessClaims | ClientClaims>>(token, {
        // jsonwebtoken accepts KeyObjects; the type of this option allows only text
        publicKey: key.verify as unknown as string,
        // RFC 8725 §3.1: the server chooses the algorithm, whatever the header names
        algorithms: [this.config.SIGNING_ALG],
        issuer: this.config.publicUrl,
        audience: this.audiences,
        clockTolerance: CLOCK_LEEWAY_SECONDS,
      })
      .catch(() => null);
    if (!claims || !isComplete(claims)) throw new AccessTokenInvalid();
    return claims;
  }
}

function readHeader(token: string): Record<string, unknown> | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
