import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import type { SessionState } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { SigningKeysService } from './signing-keys.service.js';

/** RFC 9068 §2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

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

/**
 * Signs access tokens. Their role and tenant claims are for resource servers only: this server reads both from the
 * database.
 */
@Injectable()
export class AccessTokensService {
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
    const { kid, algorithm, sign } = this.keys.current;
    const header = { alg: algorithm, typ: ACCESS_TOKEN_TYPE, kid };
    const accessToken = this.jwt.sign(claims, { privateKey: sign, algorithm, header });
    return { accessToken, expiresIn };
  }
}

function tenantClaims({
  membership,
  enrolmentRequired,
}: SessionState): Pick<AccessClaims, 'org_id' | 'role' | 'role_level'> {
  if (!membership || enrolmentRequired) return {};
  const { tenant, role } = membership;
  return { org_id: tenant.id, role: role.key, role_level: role.level };
}
