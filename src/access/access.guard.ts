import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { holds } from '../common/permissions.js';
import { membershipOf } from '../common/actor.js';
import { TwoFactorEnrolmentRequired } from '../modules/sessions/sessions.errors.js';
import { AuthenticationRequired, PermissionMissing } from './access.errors.js';
import { Authenticator } from './authenticator.js';
import { type Access, ACCESS } from './authorize.js';
import { type AccessRequest, clientOf } from './request.js';

const BEARER = /^Bearer +([\w~+/.-]+=*)$/i;

/** Closed unless opened: a handler without a declared access lets nobody in. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new Error(`${context.getClass().name} has a handler without @Authorize`);
    if (access.kind === 'public') return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined && access.kind === 'optional') return true;

    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AuthenticationRequired();
    const session = await this.authenticator.authenticate(token, context);
    const isOpenWhileEnrolling = access.kind === 'signed-in' && access.whileEnrolling === true;
    if (session.enrolmentRequired && !isOpenWhileEnrolling) throw new TwoFactorEnrolmentRequired();
    request.actor = { kind: 'user', userId: session.user.id, session, client: clientOf(request) };
    if (access.kind === 'permission') this.assertHolds(request.actor, access.permission);
    return true;
  }

  private assertHolds(
    actor: NonNullable<AccessRequest['actor']>,
    permission: Parameters<typeof holds>[1],
  ): void {
    if (!holds(membershipOf(actor).role.permissions, permission)) throw new PermissionMissing(permission);
  }
}
