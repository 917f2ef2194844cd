import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import type { SessionState } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { SigningKeysService } from './signing-keys.service.js';

/** RFC 9068 §2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/**
 * RFC 9068 §2.2, our session (`sid`) and its token version; ids and the role, no other personal data. Of a session that
 * must still enrol a second factor neither tenant nor role: services that verify offline read their rights from these.
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

/** Signs access tokens. What they say of role and tenant is a courtesy: the database outranks it. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Never valid beyond the session's absolute end. */
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
