import { Injectable } from '@nestjs/common';
import {
  type ApiKeyActor,
  identityOf,
  NoActiveTenant,
  operatorOf,
  type Principal,
  type ServiceAccountActor,
  type SessionState,
} from '../common/actor.js';
import { holds, type Permission } from '../common/permissions.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import type { ServiceScope } from '../modules/service-accounts/client-scopes.js';
import { ClientTokensService } from '../modules/service-accounts/client-tokens.service.js';
import type { AccessClaims, ClientClaims } from '../modules/sessions/access-claims.js';
import { AccessTokensService } from '../modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { AuthorizationService, type Obstacle } from '../modules/tenants/authorization.service.js';
import { ClientScopeMissing, ImpersonationNotAllowed } from './access.errors.js';
import { bearerCredential } from './credential.js';

/** The claims of an access token, and the present membership of its person. */
export interface ActiveToken {
  kind: 'access-token';
  claims: AccessClaims;
  membership: ApiKeyActor['membership'];
  impersonation: SessionState['impersonation'];
}

/** The claims of a service account's access token, and what the account may do now. */
export type ActiveClient = ServiceAccountActor & { claims: ClientClaims };

export type Introspected = ActiveToken | ApiKeyActor | ActiveClient;

/** Whose tokens a caller may ask about: those of one tenant, or of every tenant of a product. */
type Reach = { tenantId: string } | { product: string };

/** RFC 7662: reports to a product's service whether a token is active, and what its owner may do. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly states: SessionStatesService,
    private readonly apiKeys: ApiKeyVerificationService,
    private readonly clients: ClientTokensService,
    private readonly authorization: AuthorizationService,
  ) {}

  /**
   * Verifies the token as if it were sent from the caller's address, without counting as a use of an API key. Returns
   * null, without a reason, if the token would be refused or does not act within the caller's reach. Throws
   * NoActiveTenant, ClientScopeMissing if the caller is a service account without the scope, or ImpersonationNotAllowed.
   */
  async introspect(
    caller: Principal,
    token: string,
    scope: ServiceScope = 'introspect',
  ): Promise<Introspected | null> {
    if (operatorOf(caller) !== null) throw new ImpersonationNotAllowed();
    const reach = reachOf(caller, scope);
    const found = await this.find(token, caller.origin);
    return found && isWithin(found, reach) ? found : null;
  }

  /**
   * As `AuthorizationService.findObstacle`, for the owner of a token within the caller's reach, and the operator who acts in
   * their place, if any. Throws as `introspect` does.
   */
  async findObstacle(
    caller: Principal,
    token: string,
    permission: Permission,
  ): Promise<{ obstacle: Obstacle | null; operatorId: string | null }> {
    const found = await this.introspect(caller, token, 'authorize');
    if (!found) return { obstacle: 'token_inactive', operatorId: null };
    if (found.kind !== 'access-token')
      return { obstacle: this.authorization.findObstacle(found, permission), operatorId: null };
    const isHeld = holds(found.membership.role.permissions, permission);
    const operatorId = found.impersonation?.operatorId ?? null;
    return { obstacle: isHeld ? null : 'permission_missing', operatorId };
  }

  private async find(token: string, origin: RequestOrigin): Promise<Introspected | null> {
    const credential = bearerCredential(token);
    if (!credential) return null;
    if (credential.kind === 'api-key') return this.apiKeys.find(token, origin);
    try {
      return (await this.clients.findByToken(token, origin)) ?? (await this.findSession(token));
    } catch (error) {
      if (error instanceof AccessTokenInvalid) return null;
      throw error;
    }
  }

  private async findSession(token: string): Promise<ActiveToken | null> {
    const claims = await this.accessTokens.verify(token);
    const { membership, impersonation, enrolmentRequired } = await this.states.getByClaims(claims);
    if (!membership || enrolmentRequired) return null;
    return { kind: 'access-token', claims, membership, impersonation };
  }
}

function reachOf(caller: Principal, scope: ServiceScope): Reach {
  if (caller.kind !== 'service-account') {
    const { membership } = identityOf(caller);
    if (!membership) throw new NoActiveTenant();
    return { tenantId: membership.tenant.id };
  }
  if (!caller.scopes.includes(scope)) throw new ClientScopeMissing(scope);
  return caller.tenantId === null ? { product: caller.product } : { tenantId: caller.tenantId };
}

/** A service account of a product is within the reach of that product only. */
function isWithin(found: Introspected, reach: Reach): boolean {
  const owner =
    found.kind === 'service-account'
      ? { tenantId: found.tenantId, product: found.product }
      : { tenantId: found.membership.tenant.id, product: found.membership.tenant.product };
  return 'tenantId' in reach ? owner.tenantId === reach.tenantId : owner.product === reach.product;
}
