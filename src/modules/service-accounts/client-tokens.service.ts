import { Injectable } from '@nestjs/common';
import type { ServiceAccountActor } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { ClientClaims } from '../sessions/access-claims.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import type { ClientCredentials } from './client-credentials.js';
import { parseScope } from './client-scopes.js';
import { type AccountState, ServiceAccountStatesRepository } from './service-account-states.repository.js';
import { InvalidScope, InvalidTarget } from './service-accounts.errors.js';

/** RFC 6749 §5.1 */
export interface ClientToken {
  accessToken: string;
  expiresIn: number;
  scope: string;
}

/** The client credentials grant (RFC 6749 §4.4), and the tokens that it issues. */
@Injectable()
export class ClientTokensService {
  constructor(
    private readonly clients: ClientAuthenticationService,
    private readonly states: ServiceAccountStatesRepository,
    private readonly accessTokens: AccessTokensService,
  ) {}

  /**
   * Default: every scope of the account, for the audience of its product. Throws InvalidClient, InvalidScope, or
   * InvalidTarget for a resource that is neither that audience nor this server; and as `authenticate`.
   */
  async issue(
    credentials: ClientCredentials,
    { scope, resource }: { scope?: string; resource?: string },
    origin: RequestOrigin,
  ): Promise<ClientToken> {
    const account = await this.clients.authenticate(credentials, origin);
    const wanted = scope === undefined ? account.scopes : parseScope(scope);
    if (!wanted?.every((one) => account.scopes.includes(one))) throw new InvalidScope();
    const targets = this.accessTokens.audiencesOf(account.product);
    if (resource !== undefined && !targets.includes(resource)) throw new InvalidTarget();
    await this.states.touch(account.id);
    const granted = wanted.join(' ');
    const signed = this.accessTokens.signForClient({ ...account, scope: granted, audience: resource });
    return { ...signed, scope: granted };
  }

  /** The account that authenticates by its secret, with every scope it has. Throws InvalidClient or TooManyAttempts. */
  async authenticate(credentials: ClientCredentials, origin: RequestOrigin): Promise<ServiceAccountActor> {
    const account = await this.clients.authenticate(credentials, origin);
    return toActor(account, account.scopes, origin);
  }

  /**
   * The account of one of its access tokens, as it is now. Null if the token is not valid or is that of a person.
   * Throws AccessTokenInvalid if the account was revoked, or its tenant is suspended.
   */
  async findByToken(
    token: string,
    origin: RequestOrigin,
  ): Promise<(ServiceAccountActor & { claims: ClientClaims }) | null> {
    const claims = await this.accessTokens.findForClient(token);
    if (!claims) return null;
    const account = await this.states.read(claims.sub);
    if (!account) throw new AccessTokenInvalid();
    const granted = claims.scope.split(' ');
    const scopes = account.scopes.filter((scope) => granted.includes(scope));
    return { ...toActor(account, scopes, origin), claims };
  }
}

function toActor(account: AccountState, scopes: string[], origin: RequestOrigin): ServiceAccountActor {
  const { id, name, tenantId, product } = account;
  return { kind: 'service-account', account: { id, name }, tenantId, product, scopes, origin };
}
