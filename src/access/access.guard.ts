import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Caller, levelOf, mustEnrol, permissionsOf } from '../common/actor.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { holds } from '../common/permissions.js';
import { ApiKeyVerificationService } from '../modules/api-keys/api-key-verification.service.js';
import { TwoFactorEnrolmentRequired } from '../modules/sessions/sessions.errors.js';
import {
  ApiKeyNotAllowed,
  AuthenticationRequired,
  PermissionMissing,
  RoleLevelTooLow,
} from './access.errors.js';
import { Authenticator } from './authenticator.js';
import { type Access, ACCESS, admitsEnrolling, admitsKeys } from './authorize.js';
import { type Credential, credentialOf } from './credential.js';
import { type AccessRequest, originOf } from './request.js';

/** Denies by default: a handler without a declared access refuses every request. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly apiKeys: ApiKeyVerificationService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new Error(`${context.getClass().name} has a handler without @Authorize`);
    if (access.kind === 'public') return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    const credential = credentialOf(request.headers);
    if (!credential && access.kind === 'optional') return true;
    if (!credential) throw new AuthenticationRequired();

    const caller = await this.identify(credential, originOf(request));
    request.caller = caller;
    if (caller.kind === 'api-key' && !admitsKeys(access)) throw new ApiKeyNotAllowed();
    if (mustEnrol(caller) && !admitsEnrolling(access)) throw new TwoFactorEnrolmentRequired();
    if (access.kind === 'permission') assertHolds(caller, access);
    return true;
  }

  private async identify({ kind, text }: Credential, origin: RequestOrigin): Promise<Caller> {
    if (kind === 'api-key') return this.apiKeys.verify(text, origin);
    const { session } = await this.authenticator.authenticate(text);
    return { kind: 'user', userId: session.user.id, session, origin };
  }
}

function assertHolds(
  caller: Caller,
  { permission, level = 0 }: Extract<Access, { kind: 'permission' }>,
): void {
  if (!holds(permissionsOf(caller), permission)) throw new PermissionMissing(permission, caller.kind);
  if (levelOf(caller) < level) throw new RoleLevelTooLow(level);
}
