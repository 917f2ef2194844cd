import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { CONFIG, type Config } from '../config/config.js';
import { ACCESS_TOKEN_TYPE, type AccessClaims } from '../modules/sessions/access-tokens.service.js';
import type { SigningKey } from '../modules/sessions/signing-key.js';
import { SigningKeysService } from '../modules/sessions/signing-keys.service.js';

/** The strategy notes on the request which key it verified the access token with. */
export interface VerifiedRequest {
  signingKey?: SigningKey;
}

/** passport-jwt passes the key on to jsonwebtoken, which accepts KeyObjects; its types allow only text. */
type KeyCallback = (error: Error | null, key?: string) => void;

const CLOCK_LEEWAY_SECONDS = 5;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Verifies the signature and the claims of an access token (RFC 8725 §3, RFC 9068 §4). It does not read the session.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) config: Config,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (request: VerifiedRequest, token: string, done: KeyCallback) => {
        this.findKey(token).then(
          (key) => {
            if (!key) return done(new Error('no such key'));
            request.signingKey = key;
            done(null, key.verify as unknown as string);
          },
          (error: unknown) => done(error as Error),
        );
      },
      // RFC 8725 §3.1: the server chooses the algorithm, whatever the header names
      algorithms: [config.SIGNING_ALG],
      issuer: config.publicUrl,
      audience: config.publicUrl,
      jsonWebTokenOptions: { clockTolerance: CLOCK_LEEWAY_SECONDS },
    });
  }

  /** passport-jwt has verified signature, issuer, audience and times; this rejects incomplete or malformed claims. */
  validate(claims: Partial<AccessClaims>): AccessClaims | false {
    const complete =
      [claims.exp, claims.iat, claims.nbf, claims.ver].every(Number.isSafeInteger) &&
      [claims.sub, claims.sid].every((id) => typeof id === 'string' && UUID.test(id)) &&
      typeof claims.jti === 'string';
    return complete && (claims as AccessClaims);
  }

  private async findKey(token: string): Promise<SigningKey | null> {
    const header = readHeader(token);
    const known =
      header !== null && Object.keys(header).every((name) => ['alg', 'typ', 'kid'].includes(name));
    if (!known || header.typ !== ACCESS_TOKEN_TYPE || typeof header.kid !== 'string') return null;
    const key = await this.keys.find(header.kid);
    return key?.algorithm === header.alg ? key : null;
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
