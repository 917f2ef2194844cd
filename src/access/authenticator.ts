import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { LRUCache } from 'lru-cache';
import type { SessionState } from '../common/actor.js';
import type { AccessClaims } from '../modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import type { AccessRequest } from './request.js';

const MAX_VERDICTS = 20_000;

/** passport-jwt's judgement, with our refusal in the place of passport's. */
class TokenJudge extends AuthGuard('access-token') {
  override handleRequest<T>(error: unknown, claims: T | false | null): T {
    if (error || !claims) throw new AccessTokenInvalid();
    return claims;
  }
}

/**
 * Turns a bearer token into a session as it is now. The verdict on a signature cannot change, so it is kept by the
 * whole token until the token expires; the session is read from the database at every call.
 */
@Injectable()
export class Authenticator {
  private readonly judge = new TokenJudge();
  private readonly verdicts = new LRUCache<string, AccessClaims>({ max: MAX_VERDICTS });

  constructor(private readonly states: SessionStatesService) {}

  /** Throws AccessTokenInvalid for a token that is wrong or expired, or whose session is over. */
  async authenticate(token: string, context: ExecutionContext): Promise<SessionState> {
    const claims = this.recall(token) ?? (await this.verify(token, context));
    const state = await this.states.read(claims.sid);
    const isSame =
      state?.user.id === claims.sub &&
      state.tokenVersion === claims.ver &&
      state.membership?.tenant.id === claims.org_id;
    if (!state || !isSame) throw new AccessTokenInvalid();
    return state;
  }

  private recall(token: string): AccessClaims | undefined {
    const claims = this.verdicts.get(token);
    return claims && claims.exp * 1000 > Date.now() ? claims : undefined;
  }

  private async verify(token: string, context: ExecutionContext): Promise<AccessClaims> {
    await this.judge.canActivate(context);
    const claims = context.switchToHttp().getRequest<AccessRequest & { user: AccessClaims }>().user;
    this.verdicts.set(token, claims);
    return claims;
  }
}
