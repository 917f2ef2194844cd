import { Injectable } from '@nestjs/common';
import { AuthGuard, type AuthGuardAuthenticateOptions } from '@nestjs/passport';

/**
 * Sets `request.caller` to the person whose access token the request has. The request must have one: AccessGuard checks
 * that. Throws AccessTokenInvalid, or the error that prevented the check.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  override getAuthenticateOptions(): AuthGuardAuthenticateOptions {
    return { property: 'caller' };
  }

  /** `failure` is what the verification of the token threw, `error` what reading its session threw. */
  override handleRequest<T>(error: unknown, caller: T | false, failure: unknown): T {
    if (caller) return caller;
    throw error ?? failure;
  }
}
