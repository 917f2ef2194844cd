import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { LRUCache } from 'lru-cache';
import type { SessionState } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { JwsSigner } from './jws-signer.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import type { OwnSigningKey, SigningKey } from './signing-key.js';
import { SigningKeysService } from './signing-keys.service.js';

/** RFC 9068 §2.1 */
const ACCESS_TOKEN_TYPE = 'at+jwt';
const HEADER_MEMBERS = ['alg', 'typ', 'kid'];
const CLOCK_LEEWAY_SECONDS = 5;
const MAX_VERIFIED = 20_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The claims of RFC 9068 §2.2, plus the session (`sid`) and its token version (`ver`). Contains ids and the role, no
 * other personal data. While the session must still enrol a second factor, tenant and role are omitted: resource
 * servers that verify offline grant access by them.
 */
export interface AccessClaims {
  iss: string;
  aud: string;
  sub: string;
  sid: string;
  jti: string;
  iat: number;
  nbf: number;
  exp: number;
  ver: number;
  org_id?: string;
  role?: string;
  role_level?: number;
}

/** Claims whose signature was verified, and the key that verified it. */
interface Verified {
  claims: AccessClaims;
  key: SigningKey;
}

/**
 * Signs and verifies access tokens (RFC 9068). Their role and tenant claims are for resource servers only: this server
 * reads both from the database. The result of a signature check never changes, so it is cached under the whole token
 * until the token expires or its key is no longer valid.
 */
@Injectable()
export class AccessTokensService {
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_VERIFIED });

  private readonly signers = new WeakMap<OwnSigningKey, JwsSigner>();

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Signs an access token that expires no later than the session's absolute end. `expiresIn` is in seconds. */
  sign(state: SessionState): { accessToken: string; expiresIn: number } {
    const iat = Math.floor(Date.now() / 1000);
    const left = Math.floor(state.expiresAt.getTime() / 1000) - iat;
    const expiresIn = Math.max(0, Math.min(this.config.ACCESS_TOKEN_TTL_SECONDS, left));
    const claims: AccessClaims = {
      iss: this.config.publicUrl,
      aud: this.config.publicUrl,
      sub: state.user.id,
      sid: state.sessionId,
      jti: randomUUID(),
      iat,
      nbf: iat,
      exp: iat + expiresIn,
      ver: state.tokenVersion,
      ...tenantClaims(state),
    };
    return { accessToken: this.signer(this.keys.current).sign(claims), expiresIn };
  }

  /**
   * The claims of a valid access token, by signature, header and claims (RFC 8725 §3, RFC 9068 §4). It does not read
   * the session: `SessionStatesService.getByClaims` does. Throws AccessTokenInvalid; rejects with the error of the
   * database if the signing keys cannot be read.
   */
  async verify(token: string): Promise<AccessClaims> {
    const known = this.recall(token);
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

  private async verifyWith(key: SigningKey, token: string): Promise<AccessClaims> {
    const claims = await this.jwt
      .verifyAsync<Partial<AccessClaims>>(token, {
        // jsonwebtoken accepts KeyObjects; the type of this option allows only text
        publicKey: key.verify as unknown as string,
        // RFC 8725 §3.1: the server chooses the algorithm, whatever the header names
        algorithms: [this.config.SIGNING_ALG],
        issuer: this.config.publicUrl,
        audience: this.config.publicUrl,
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

function isComplete(claims: Partial<AccessClaims>): claims is AccessClaims {
  return (
    [claims.exp, claims.iat, claims.nbf, claims.ver].every(Number.isSafeInteger) &&
    [claims.sub, claims.sid].every((id) => typeof id === 'string' && UUID.test(id)) &&
    typeof claims.jti === 'string'
  );
}

function tenantClaims({
  membership,
  enrolmentRequired,
}: SessionState): Pick<AccessClaims, 'org_id' | 'role' | 'role_level'> {
  if (!membership || enrolmentRequired) return {};
  const { tenant, role } = membership;
  return { org_id: tenant.id, role: role.key, role_level: role.level };
}
