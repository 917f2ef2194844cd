import type { Caller } from '../../../common/actor.js';
import { effectiveScopes } from '../../../common/permissions.js';

type IdentityHeader = 'x-auth-user' | 'x-auth-tenant' | 'x-auth-role' | 'x-auth-scopes' | 'x-auth-actor';
type IdentityHeaders = Record<IdentityHeader, string>;

/** The values for a request without a caller. */
const NONE: IdentityHeaders = {
  'x-auth-user': '',
  'x-auth-tenant': '',
  'x-auth-role': '',
  'x-auth-scopes': '',
  'x-auth-actor': '',
};

/**
 * For `@RouteConfig`: sets every identity header on every response, error responses included. Otherwise a gateway that
 * copies them over the client's headers would let a forged one through.
 */
export const PRESET_IDENTITY = { presetHeaders: NONE };

/** An API key has no role; its scopes are its effective permissions. */
export function identityHeadersOf(caller: Caller): IdentityHeaders {
  const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
  return {
    'x-auth-user': caller.userId,
    'x-auth-tenant': membership?.tenant.id ?? '',
    'x-auth-role': caller.kind === 'user' ? (membership?.role.key ?? '') : '',
    'x-auth-scopes': caller.kind === 'api-key' ? effectiveScopes(caller.permissions).join(' ') : '',
    'x-auth-actor': caller.kind,
  };
}
