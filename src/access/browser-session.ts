import {
  applyDecorators,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { catchError, map, type Observable } from 'rxjs';
import { CONFIG, type Config } from '../config/config.js';
import { BrowserSessionRefused, RefreshTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { CredentialsAmbiguous } from './access.errors.js';
import { assertBrowserOrigin, browserOrigins } from './browser-origin.js';
import { FORGET_REFRESH_TOKEN, keepRefreshToken, readRefreshCookie } from './refresh-cookie.js';
import type { AccessRequest } from './request.js';

/**
 * What a handler does with the refresh token. `opens`: it issues the first one of a session, in the cookie if the
 * request asks for it, or if the caller's own session has it there. `continues`: it issues another one, in the place of
 * the caller's session. `exchanges`: it takes the present one from the cookie if the request asks for it. `ends`: it
 * leaves none.
 */
export type CookieUse = 'opens' | 'continues' | 'exchanges' | 'ends';

const USE = Symbol('BrowserSession');
/** On an operation of a document while it is built. */
export const COOKIE_USE = 'x-cookie-use';
export const MODE_HEADER = 'x-session-mode';

/**
 * Keeps the refresh token of a browser in a cookie instead of a body (docs/browser-sessions.md). Write it last, directly
 * above the method: its interceptor must be outside of every other one, and its guard before the one that looks at a
 * password.
 */
export const BrowserSession = (use: CookieUse): MethodDecorator =>
  applyDecorators(
    SetMetadata(USE, use),
    UseGuards(BrowserSessionGuard),
    UseInterceptors(BrowserSessionInterceptor),
    ApiExtension(COOKIE_USE, use),
    ...(use === 'opens' || use === 'exchanges' ? [MODE] : []),
  );

const MODE = ApiHeader({
  name: 'X-Session-Mode',
  required: false,
  description:
    'Keeps the refresh token in a cookie, if `BROWSER_SESSIONS` is on: `refreshToken` is empty in the answer',
  schema: { type: 'string', enum: ['cookie'] },
});

/**
 * Sets `request.inCookie`, also in the origin of a caller. Throws BrowserSessionRefused for a cookie that another site's
 * page, or no page, would get or use. The cookie is read only where the handler exchanges it, and never beside another credential.
 */
@Injectable()
class BrowserSessionGuard implements CanActivate {
  private readonly origins: ReadonlySet<string>;

  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) config: Config,
  ) {
    this.origins = browserOrigins(config);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<AccessRequest>();
    const use = this.reflector.get<CookieUse>(USE, context.getHandler());
    request.inCookie =
      isOfCookie(request) || (use !== 'continues' && use !== 'ends' && asksForCookie(request));
    if (request.caller) request.caller.origin.inCookie = request.inCookie;
    if (!request.inCookie || use === 'ends') return true;
    assertBrowserOrigin(request.headers, this.origins);
    if (use === 'exchanges') this.takeFromCookie(request, http.getResponse<FastifyReply>());
    return true;
  }

  private takeFromCookie(request: AccessRequest, reply: FastifyReply): void {
    const { authorization = '', cookie, 'x-api-key': key } = request.headers;
    const body = (request.body ?? {}) as Record<string, unknown>;
    const hasOther = authorization.trim() !== '' || key !== undefined;
    if (hasOther || typeof body !== 'object' || 'refreshToken' in body)
      throw new CredentialsAmbiguous('Send no other credential beside the cookie.');
    const refreshToken = readRefreshCookie(cookie);
    if (refreshToken === null) {
      void reply.header('set-cookie', FORGET_REFRESH_TOKEN);
      throw new RefreshTokenInvalid();
    }
    request.body = { ...body, refreshToken };
  }
}

/** Moves `refreshToken` from the body of the answer into the cookie, and removes the cookie when the session ends. */
@Injectable()
class BrowserSessionInterceptor implements NestInterceptor {
  private readonly maxAgeSeconds: number;

  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) config: Config,
  ) {
    this.maxAgeSeconds = Math.min(config.REFRESH_IDLE_SECONDS, config.REFRESH_ABSOLUTE_SECONDS);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    if (!http.getRequest<AccessRequest>().inCookie) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    const use = this.reflector.get<CookieUse>(USE, context.getHandler());
    return next.handle().pipe(
      map((answer: unknown) => {
        if (use === 'ends') void reply.header('set-cookie', FORGET_REFRESH_TOKEN);
        return this.withoutToken(answer, reply);
      }),
      catchError((error: unknown) => {
        if (error instanceof RefreshTokenInvalid) void reply.header('set-cookie', FORGET_REFRESH_TOKEN);
        throw error;
      }),
    );
  }

  private withoutToken(answer: unknown, reply: FastifyReply): unknown {
    if (typeof answer !== 'object' || answer === null || !('refreshToken' in answer)) return answer;
    const { refreshToken } = answer;
    void reply.header('set-cookie', keepRefreshToken(String(refreshToken), this.maxAgeSeconds));
    return { ...answer, refreshToken: '' };
  }
}

/** Whether the caller's own session has its refresh token in a cookie. */
function isOfCookie({ caller }: AccessRequest): boolean {
  return caller?.kind === 'user' && caller.session.inCookie;
}

function asksForCookie({ headers }: AccessRequest): boolean {
  const mode = headers[MODE_HEADER];
  if (mode !== undefined && mode !== 'cookie')
    throw new BrowserSessionRefused('`X-Session-Mode` is `cookie`.');
  return mode === 'cookie';
}
