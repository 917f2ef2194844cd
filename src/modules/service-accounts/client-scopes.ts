import { KEY_SCOPES, type Permission, type PermissionMap } from '../../common/permissions.js';
import { grantScopes } from '../api-keys/scopes.js';

/** What a service account may ask Gatehouse about the callers within its reach. */
export const SERVICE_SCOPES = ['introspect', 'authorize'] as const;
export type ServiceScope = (typeof SERVICE_SCOPES)[number];

/** Every scope that an account of a tenant can have: those of API keys, and SERVICE_SCOPES. */
export const CLIENT_SCOPES: readonly string[] = [...SERVICE_SCOPES, ...KEY_SCOPES];

const isServiceScope = (scope: string): scope is ServiceScope =>
  SERVICE_SCOPES.some((service) => service === scope);

/**
 * The scopes of a new account of a tenant, each once. Throws ScopeNotHeld for a permission that its creator could not
 * give to an API key.
 */
export function grantClientScopes(wanted: readonly string[] = SERVICE_SCOPES, held: PermissionMap): string[] {
  const permissions = wanted.filter((scope) => !isServiceScope(scope)) as Permission[];
  return [...SERVICE_SCOPES.filter((scope) => wanted.includes(scope)), ...grantScopes(permissions, held)];
}

/** RFC 6749 §3.3: `scope` as a set. Null if it has another form. */
export function parseScope(text: string): string[] | null {
  return /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text)
    ? [...new Set(text.split(' '))]
    : null;
}
