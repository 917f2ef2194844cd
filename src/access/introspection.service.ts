import { Injectable } from '@nestjs/common';
import { type ApiKeyActor, type Caller, identityOf, NoActiveTenant } from '../common/actor.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import type { AccessClaims } from '../modules/sessions/access-tokens.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { Authenticator } from './authenticator.js';
import { bearerCredential } from './credential.js';

/** What an access token says, and what its person is in the organisation now. */
export interface ActiveToken {
  kind: 'access-token';
  claims: AccessClaims;
  membership: ApiKeyActor['membership'];
}

/** RFC 7662: tells a service behind Gatehouse what the token of its caller stands for. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly apiKeys: ApiKeyVerificationService,
  ) {}

  /**
   * The token as it would be judged if it were shown at a door of ours from where the caller is, without being a use
   * of it. Null, which says nothing of why, for whatever would be refused there and for what does not act in the
   * caller's active tenant. Throws NoActiveTenant.
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
      const { claims, session } = await this.authenticator.authenticate(token);
      const { membership, enrolmentRequired } = session;
      return membership && !enrolmentRequired ? { kind: 'access-token', claims, membership } : null;
    } catch (error) {
      if (error instanceof AccessTokenInvalid) return null;
      throw error;
    }
  }
}
