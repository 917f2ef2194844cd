import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { decodeJwt } from 'jose';
import { type Actor, type Caller, identityOf, levelOf, mustEnrol, permissionsOf } from '../common/actor.js';
import { holds } from '../common/permissions.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import { ApiKeyInvalid } from '../modules/api-keys/api-keys.errors.js';
import { OperatorSessionsService } from '../modules/operator-accounts/operator-sessions.service.js';
import { readBasic } from '../modules/service-accounts/client-credentials.js';
import { ClientTokensService } from '../modules/service-accounts/client-tokens.service.js';
import { AccessTokenInvalid, TwoFactorEnrolmentRequired } from '../modules/sessions/sessions.errors.js';
import {
  ApiKeyNotAllowed,
  AuthenticationRequired,
  CredentialsAmbiguous,
  ImpersonationNotAllowed,
  PermissionMissing,
  RoleLevelTooLow,
} from './access.errors.js';
import {
  ACCESS,
  type Access,
  admitsEnrolling,
  admitsImpersonation,
  admitsKeys,
  admitsServices,
} from './authorize.js';
import { bearerTextOf, type Credential, credentialOf, eachAlone } from './credential.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { ProductSeparation } from './product-audiences.js';
import { type AccessRequest, originOf } from './request.js';

/** What a stale or damaged credential is refused with. */
const UNUSABLE = [AccessTokenInvalid, ApiKeyInvalid, AuthenticationRequired];

/** Denies by default: a handler without a declared access refuses every request. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly jwt: JwtAuthGuard,
    private readonly apiKeys: ApiKeyVerificationService,
    private readonly clients: ClientTokensService,
    private readonly products: ProductSeparation,
    private readonly operators: OperatorSessionsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new Error(`${context.getClass().name} has a handler without @Authorize`);
    if (access.kind === 'public') return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    if (access.kind === 'operator') {
      if (!credentialOf(request.headers)) throw new AuthenticationRequired();
      request.operator = await this.operators.verify(bearerTextOf(request.headers), originOf(request));
      return true;
    }
    if (access.kind === 'optional') return this.admitAnybody(access, request, context);
    const credential = credentialOf(request.headers, { acceptsClients: admitsServices(access) });
    if (!credential) throw new AuthenticationRequired();
    return this.authenticate(credential, access, context);
  }

  /**
   * What stands in the body is the credential: one in a header that is no longer valid is as good as none, and is no second one
   * beside another. One that is valid is never ignored, for the operation may do to its owner's account what a stranger's proof
   * does: it is used or refused.
   */
  private async admitAnybody(
    access: Extract<Access, { kind: 'optional' }>,
    request: AccessRequest,
    context: ExecutionContext,
  ): Promise<boolean> {
    let caller: Caller | undefined;
    for (const headers of eachAlone(request.headers)) {
      try {
        const credential = credentialOf(headers);
        if (credential) await this.authenticate(credential, access, context);
        caller ??= request.caller;
      } catch (error) {
        if (caller && error instanceof ApiKeyNotAllowed) throw new CredentialsAmbiguous();
        request.caller = undefined;
        if (!UNUSABLE.some((type) => error instanceof type)) throw error;
        if (error instanceof AccessTokenInvalid) request.formerUserId = subjectOf(request);
      }
    }
    request.caller = caller;
    return true;
  }

  private async authenticate(
    credential: Credential,
    access: Exclude<Access, { kind: 'public' }>,
    context: ExecutionContext,
  ): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AccessRequest>();
    if (credential.kind === 'api-key') {
      request.caller = await this.apiKeys.verify(credential.text, originOf(request));
    } else if (await this.isService(credential, access, context)) return true;
    const { caller } = request;
    if (!caller) throw new AuthenticationRequired();
    this.assertOfProduct(caller, access, request);
    if (caller.kind === 'api-key' && !admitsKeys(access)) throw new ApiKeyNotAllowed();
    if (caller.kind === 'user') assertNoImpersonation(caller, access);
    if (mustEnrol(caller) && !admitsEnrolling(access)) throw new TwoFactorEnrolmentRequired();
    if (access.kind === 'permission') assertHolds(caller, access);
    return true;
  }

  /** A handler for services asks about the callers of every product. */
  private assertOfProduct(caller: Caller, access: Access, request: AccessRequest): void {
    const product = identityOf(caller).membership?.tenant.product;
    if (admitsServices(access) || this.products.admits(product, request)) return;
    throw caller.kind === 'api-key' ? new ApiKeyInvalid() : new AccessTokenInvalid();
  }

  /**
   * Sets `request.service` where the handler admits service accounts and the credential is of one, or `request.caller`
   * to the person of the access token. A service account's token is no token to every other handler.
   */
  private async isService(
    { kind, text }: Credential,
    access: Access,
    context: ExecutionContext,
  ): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AccessRequest>();
    if (kind === 'client-secret') {
      request.service = await this.clients.authenticate(readBasic(text), originOf(request));
      return true;
    }
    const service = admitsServices(access) ? await this.clients.findByToken(text, originOf(request)) : null;
    if (service) request.service = service;
    else await this.jwt.canActivate(context);
    return service !== null;
  }
}

/** Closed unless the handler admits it. */
function assertNoImpersonation({ session: { impersonation } }: Actor, access: Access): void {
  if (impersonation && !admitsImpersonation(access, impersonation.access))
    throw new ImpersonationNotAllowed();
}

function assertHolds(
  caller: Caller,
  { permission, level = 0 }: Extract<Access, { kind: 'permission' }>,
): void {
  if (!holds(permissionsOf(caller), permission)) throw new PermissionMissing(permission, caller.kind);
  if (levelOf(caller) < level) throw new RoleLevelTooLow(level);
}

/** The person whom a token names that is not valid. */
function subjectOf({ headers }: AccessRequest): string | undefined {
  try {
    return decodeJwt(bearerTextOf(headers)).sub;
  } catch {
    return undefined;
  }
}
