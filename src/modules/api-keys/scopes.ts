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

/** By the owner's permissions, which are one frozen object until they change, and the scopes. */
const known = new WeakMap<PermissionMap, Map<string, PermissionMap>>();
/** Keys of one role have few different scopes. */
const MAX_SCOPES = 100;

/** The permissions of a key at this moment: its scopes, as far as its owner still has the permissions. */
export function rightsOf(scopes: readonly string[], role: PermissionMap): PermissionMap {
  if (!Object.isFrozen(role)) return intersect(scopes, role);
  const key = scopes.join(' ');
  const found = known.get(role)?.get(key);
  if (found) return found;
  const rights = Object.freeze(intersect(scopes, role));
  const ofRole = known.get(role) ?? new Map<string, PermissionMap>();
  if (ofRole.size < MAX_SCOPES) known.set(role, ofRole.set(key, rights));
  return rights;
}

function intersect(scopes: readonly string[], role: PermissionMap): PermissionMap {
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
