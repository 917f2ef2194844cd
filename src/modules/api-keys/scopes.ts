import {
  DEFAULT_KEY_SCOPES,
  holds,
  KEY_SCOPES,
  type Permission,
  type PermissionMap,
} from '../../common/permissions.js';
import { ScopeNotHeld } from './api-keys.errors.js';

/**
 * The scopes of a new key, each once and in the catalogue's order. Default: those of DEFAULT_KEY_SCOPES for which the
 * owner has the permission now. Throws ScopeNotHeld for a scope that the owner lacks or that no key may have.
 */
export function grantScopes(wanted: readonly Permission[] | undefined, held: PermissionMap): Permission[] {
  const grantable = KEY_SCOPES.filter((scope) => holds(held, scope));
  const beyond = wanted?.filter((scope) => !grantable.includes(scope)) ?? [];
  if (beyond.length > 0) throw new ScopeNotHeld(beyond);
  return grantable.filter((scope) => (wanted ?? DEFAULT_KEY_SCOPES).includes(scope));
}

/** The permissions of a key at this moment: its scopes, as far as its owner still has the permissions. */
export function rightsOf(scopes: readonly string[], role: PermissionMap): PermissionMap {
  const allowed = new Set(scopes.filter((scope) => KEY_SCOPES.some((possible) => possible === scope)));
  return Object.fromEntries(
    Object.entries(role).map(([resource, actions]) => [
      resource,
      Object.fromEntries(
        Object.entries(actions).map(([action, held]) => [
          action,
          held && allowed.has(`${resource}.${action}`),
        ]),
      ),
    ]),
  );
}
