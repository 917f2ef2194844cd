import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Actor } from '../common/actor.js';
import { isAllowed } from '../modules/operator-accounts/operator-sessions.service.js';
import type { AccessClaims } from '../modules/sessions/access-claims.js';
import { AccessTokensService } from '../modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { type AccessRequest, originOf } from './request.js';

/** The static function through which passport-jwt verifies a token, by default with jsonwebtoken. Its types omit it. */
interface JwtVerifier {
  JwtVerifier: (
    token: string,
    key: unknown,
    options: unknown,
    done: (error: unknown, claims?: AccessClaims) => void,
  ) => void;
}

/**
 * Authenticates a request by the access token in its Authorization header, and in no other place.
 *
 * passport-jwt would verify every signature again, with a policy of its own. So its `JwtVerifier` calls
 * `AccessTokensService.verify`, which holds the only policy, finds the key itself and caches the results.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    accessTokens: AccessTokensService,
    private readonly states: SessionStatesService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, _token, done) => done(null),
      passReqToCallback: true,
    });
    (Strategy as unknown as JwtVerifier).JwtVerifier = (token, _key, _options, done) => {
      accessTokens.verify(token).then((claims) => done(null, claims), done);
    };
  }

  /**
   * Reads the session at every request. Throws AccessTokenInvalid if it has ended, or if it is an operator's, who may not act
   * from the address of this request.
   */
  async validate(request: AccessRequest, claims: AccessClaims): Promise<Actor> {
    const session = await this.states.getByClaims(claims);
    const origin = originOf(request);
    const { impersonation } = session;
    if (impersonation) {
      if (!isAllowed(impersonation, origin)) throw new AccessTokenInvalid();
      origin.impersonatedBy = impersonation.operatorId;
    }
    return { kind: 'user', userId: session.user.id, session, origin };
  }
}
