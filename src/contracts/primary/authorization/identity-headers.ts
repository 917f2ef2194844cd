import { ImpersonationNotAllowed } from '../../../access/access.errors.js';
import { operatorOf, type Principal } from '../../../common/actor.js';
import { effectiveScopes } from '../../../common/permissions.js';

type IdentityHeader =
  | 'x-auth-user'
  | 'x-auth-tenant'
  | 'x-auth-role'
  | 'x-auth-scopes'
  | 'x-auth-actor'
  | 'x-auth-act'
  | 'x-auth-client';
type IdentityHeaders = Record<IdentityHeader, string>;

/** The values for a request without a caller. */
const NONE: IdentityHeaders = {
  'x-auth-user': '',
  'x-auth-tenant': '',
  'x-auth-role': '',
  'x-auth-scopes': '',
  'x-auth-actor': '',
  'x-auth-act': '',
  'x-auth-client': '',
};

/**
 * For `@RouteConfig`: sets every identity header on every response, error responses included. Otherwise a gateway that
 * copies them over the client's headers would let a forged one through.
 */
export const PRESET_IDENTITY = { presetHeaders: NONE };

/** An API key has no role; its scopes are its effective permissions. */
export function identityHeadersOf(caller: Principal): IdentityHeaders {
  if (caller.kind === 'service-account') {
    return {
      ...NONE,
      'x-auth-tenant': caller.tenantId ?? '',
      'x-auth-scopes': caller.scopes.join(' '),
      'x-auth-actor': caller.kind,
      'x-auth-client': caller.account.id,
    };
  }
  const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
  const hasRole = caller.kind === 'user' && caller.session.impersonation?.access !== 'read';
  return {
    ...NONE,
    'x-auth-user': caller.userId,
    'x-auth-tenant': membership?.tenant.id ?? '',
    'x-auth-role': hasRole ? (membership?.role.key ?? '') : '',
    'x-auth-scopes': caller.kind === 'api-key' ? effectiveScopes(caller.permissions).join(' ') : '',
    'x-auth-actor': caller.kind,
    'x-auth-act': operatorOf(caller) ?? '',
  };
}

/** RFC 9110 §9.2.1 */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Throws ImpersonationNotAllowed if the gateway asks about a request that writes, and the caller is an operator who may only
 * read in the place of the person. A service must refuse by itself what a gateway without a method lets through.
 */
export function assertMayCall(caller: Principal, method: string | undefined): void {
  const isReader = caller.kind === 'user' && caller.session.impersonation?.access === 'read';
  if (isReader && method !== undefined && !SAFE_METHODS.includes(method)) throw new ImpersonationNotAllowed();
}
