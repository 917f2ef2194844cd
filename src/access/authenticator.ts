import { Injectable } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AuthGuard } from '@nestjs/passport';
import { LRUCache } from 'lru-cache';
import type { SessionState } from '../common/actor.js';
import type { SigningKey } from '../modules/sessions/signing-key.js';
import { SigningKeysService } from '../modules/sessions/signing-keys.service.js';
import type { AccessClaims } from '../modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import type { VerifiedRequest } from './access-token.strategy.js';

const MAX_VERIFIED = 20_000;

/** What a token says, and the session it stands for as that is now. */
export interface Authenticated {
  claims: AccessClaims;
  session: SessionState;
}

/** A signature that was right, and the key that it was right under. */
interface Verified {
  claims: AccessClaims;
  key: SigningKey;
}

/** passport-jwt's judgement, with our refusal in the place of passport's. */
class AccessTokenVerifier extends AuthGuard('access-token') {
  /** Wherever the token came from: the strategy knows one place to look, so it is shown it there. */
  async verify(token: string): Promise<Verified> {
    const request: VerifiedRequest & { headers: object; user?: AccessClaims } = {
      headers: { authorization: `Bearer ${token}` },
    };
    await this.canActivate(new ExecutionContextHost([request, {}]));
    const { user: claims, signingKey: key } = request;
    if (!claims || !key) throw new AccessTokenInvalid();
    return { claims, key };
  }

  override handleRequest<T>(error: unknown, claims: T | false | null): T {
    if (error || !claims) throw new AccessTokenInvalid();
    return claims;
  }
}

/**
 * Turns a bearer token into a session as it is now. What a signature was found to be cannot change, so it is kept by the
 * whole token until the token expires or its key is removed; the session is read from the database at every call.
 */
@Injectable()
export class Authenticator {
  private readonly verifier = new AccessTokenVerifier();
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_VERIFIED });

  constructor(
    private readonly keys: SigningKeysService,
    private readonly states: SessionStatesService,
  ) {}

  /** Throws AccessTokenInvalid for a token that is wrong or expired, or whose session is over. */
  async authenticate(token: string): Promise<Authenticated> {
    const claims = this.recall(token) ?? (await this.verify(token));
    const session = await this.findSession(claims);
    if (!session) throw new AccessTokenInvalid();
    return { claims, session };
  }

  private async findSession({ sid, sub, ver, org_id: tenantId }: AccessClaims): Promise<SessionState | null> {
    const state = await this.states.read(sid);
    // A token without tenant was issued before its session was allowed to work in one: it is as good as a newer one
    const isSame = state?.user.id === sub && [undefined, state.membership?.tenant.id].includes(tenantId);
    if (!state || !isSame) return null;
    if (state.tokenVersion === ver) return state;
    return state.successorVersion === ver ? this.states.activate(state) : null;
  }

  private recall(token: string): AccessClaims | undefined {
    const found = this.verified.get(token);
    if (!found || found.claims.exp * 1000 <= Date.now()) return undefined;
    if (this.keys.isValid(found.key)) return found.claims;
    this.verified.delete(token);
    return undefined;
  }

  /** The keys are read before passport asks for one, to which every error is a wrong token. */
  private async verify(token: string): Promise<AccessClaims> {
    await this.keys.refresh();
    const verified = await this.verifier.verify(token);
    this.verified.set(token, verified);
    return verified.claims;
  }
}
