import { Injectable } from '@nestjs/common';
import { type ApiKeyActor, type Caller, identityOf, NoActiveTenant } from '../common/actor.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import { type AccessClaims, AccessTokensService } from '../modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { bearerCredential } from './credential.js';

/** The claims of an access token, and the present membership of its person. */
export interface ActiveToken {
  kind: 'access-token';
  claims: AccessClaims;
  membership: ApiKeyActor['membership'];
}

/** RFC 7662: reports to a product's service whether a token is active, and what its owner may do. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly states: SessionStatesService,
    private readonly apiKeys: ApiKeyVerificationService,
  ) {}

  /**
   * Verifies the token as if it were sent from the caller's address, without counting as a use of an API key. Returns
   * null, without a reason, if the token would be refused or does not act in the caller's active tenant. Throws
   * NoActiveTenant.
   */
  async introspect(caller: Caller, token: string): Promise<ActiveToken | ApiKeyActor | null> {
    const { membership } = identityOf(caller);
    if (!membership) throw new NoActiveTenant();
    const found = await this.find(token, caller.origin);
    return found?.membership.tenant.id === membership.tenant.id ? found : null;
  }

  private async find(token: string, origin: RequestOrigin): Promise<ActiveToken | ApiKeyActor | null> {
    const credential = bearerCredential(token);
    if (!credential) return null;
    return credential.kind === 'api-key' ? this.apiKeys.find(token, origin) : this.findSession(token);
  }

  private async findSession(token: string): Promise<ActiveToken | null> {
    try {
      const claims = await this.accessTokens.verify(token);
      const { membership, enrolmentRequired } = await this.states.getByClaims(claims);
      return membership && !enrolmentRequired ? { kind: 'access-token', claims, membership } : null;
    } catch (error) {
      if (error instanceof AccessTokenInvalid) return null;
      throw error;
    }
  }
}
