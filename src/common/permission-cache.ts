import { LRUCache } from 'lru-cache';
import { type PermissionMap, unite } from './permissions.js';

/** Of roles, and of the roles of departments: few are in use at once. */
const MAX_MAPS = 5_000;

const parsed = new LRUCache<string, PermissionMap>({ max: MAX_MAPS });

/**
 * The permissions of a role and of a department's role, from their JSON as the database has it now. Equal texts give the
 * same object, so that results can be kept by it. It is frozen: requests share it.
 */
export function readPermissions(role: string, department: string | null): PermissionMap {
  const key = department === null ? role : `${role}\n${department}`;
  const known = parsed.get(key);
  if (known) return known;
  const own = JSON.parse(role) as PermissionMap;
  const permissions = unite(own, department === null ? null : (JSON.parse(department) as PermissionMap));
  for (const actions of Object.values(permissions)) Object.freeze(actions);
  Object.freeze(permissions);
  parsed.set(key, permissions);
  return permissions;
}
