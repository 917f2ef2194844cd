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

/** The claims of an access token, and its session as the database has it now. */
export interface Authenticated {
  claims: AccessClaims;
  session: SessionState;
}

/** Claims whose signature was verified, and the key that verified it. */
interface Verified {
  claims: AccessClaims;
  key: SigningKey;
}

/** Verifies a token with passport-jwt, and throws our errors in place of passport's. */
class AccessTokenVerifier extends AuthGuard('access-token') {
  /** Takes the token from any place: it is put into the one header that the strategy reads. */
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
 * Turns an access token into the present state of its session. The result of a signature check never changes, so it is
 * cached under the whole token until the token expires or its key is removed. The session is read from the database at
 * every call.
 */
@Injectable()
export class Authenticator {
  private readonly verifier = new AccessTokenVerifier();
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_VERIFIED });

  constructor(
    private readonly keys: SigningKeysService,
    private readonly states: SessionStatesService,
  ) {}

  /** Throws AccessTokenInvalid if the token is wrong or expired, or if its session has ended. */
  async authenticate(token: string): Promise<Authenticated> {
    const claims = this.recall(token) ?? (await this.verify(token));
    const session = await this.findSession(claims);
    if (!session) throw new AccessTokenInvalid();
    return { claims, session };
  }

  private async findSession({ sid, sub, ver, org_id: tenantId }: AccessClaims): Promise<SessionState | null> {
    const state = await this.states.read(sid);
    // A token without a tenant was issued before its session had one. It stays valid, like a newer token.
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

  /** Reads the keys first: passport would report every error of that read as an invalid token. */
  private async verify(token: string): Promise<AccessClaims> {
    await this.keys.refresh();
    const verified = await this.verifier.verify(token);
    this.verified.set(token, verified);
    return verified.claims;
  }
}
