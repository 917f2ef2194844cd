import { effectiveScopes } from '../../../common/permissions.js';
import type { Caller } from '../../../common/actor.js';

type IdentityHeader = 'x-auth-user' | 'x-auth-tenant' | 'x-auth-role' | 'x-auth-scopes' | 'x-auth-actor';
type IdentityHeaders = Record<IdentityHeader, string>;

/** What is said of nobody. */
const NONE: IdentityHeaders = {
  'x-auth-user': '',
  'x-auth-tenant': '',
  'x-auth-role': '',
  'x-auth-scopes': '',
  'x-auth-actor': '',
};

/**
 * For `@RouteConfig`: every answer has each of them, refusals too. A gateway that copies the headers it gets over those
 * of its client would else let one through that the client sent.
 */
export const PRESET_IDENTITY = { presetHeaders: NONE };

/** A key is not its owner: it has no role, and what it may do now is in its scopes. */
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
