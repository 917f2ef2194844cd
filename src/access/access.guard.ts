import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Caller, levelOf, mustEnrol, permissionsOf } from '../common/actor.js';
import { holds } from '../common/permissions.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import { OperatorSessionsService } from '../modules/operator-accounts/operator-sessions.service.js';
import { AccessTokenInvalid, TwoFactorEnrolmentRequired } from '../modules/sessions/sessions.errors.js';
import {
  ApiKeyNotAllowed,
  AuthenticationRequired,
  PermissionMissing,
  RoleLevelTooLow,
} from './access.errors.js';
import { ACCESS, type Access, admitsEnrolling, admitsKeys } from './authorize.js';
import { bearerTextOf, credentialOf } from './credential.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { type AccessRequest, originOf } from './request.js';

/** Denies by default: a handler without a declared access refuses every request. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly jwt: JwtAuthGuard,
    private readonly apiKeys: ApiKeyVerificationService,
    private readonly operators: OperatorSessionsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new Error(`${context.getClass().name} has a handler without @Authorize`);
    if (access.kind === 'public') return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    const credential = credentialOf(request.headers);
    if (!credential && access.kind === 'optional') return true;
    if (!credential) throw new AuthenticationRequired();

    if (access.kind === 'operator') {
      request.operator = await this.operators.verify(bearerTextOf(request.headers), originOf(request));
      return true;
    }
    try {
      if (credential.kind === 'access-token') await this.jwt.canActivate(context);
      else request.caller = await this.apiKeys.verify(credential.text, originOf(request));
    } catch (error) {
      const isIgnored = access.kind === 'optional' && access.ignoresInvalidToken;
      if (isIgnored && error instanceof AccessTokenInvalid) return true;
      throw error;
    }
    const { caller } = request;
    if (!caller) throw new AuthenticationRequired();
    if (caller.kind === 'api-key' && !admitsKeys(access)) throw new ApiKeyNotAllowed();
    if (mustEnrol(caller) && !admitsEnrolling(access)) throw new TwoFactorEnrolmentRequired();
    if (access.kind === 'permission') assertHolds(caller, access);
    return true;
  }
}

function assertHolds(
  caller: Caller,
  { permission, level = 0 }: Extract<Access, { kind: 'permission' }>,
): void {
  if (!holds(permissionsOf(caller), permission)) throw new PermissionMissing(permission, caller.kind);
  if (levelOf(caller) < level) throw new RoleLevelTooLow(level);
}
