import { LRUCache } from 'lru-cache';
import { grantedBy, type PermissionMap, unite } from './permissions.js';

/** Of roles, and of the roles of departments: few are in use at once. */
const MAX_MAPS = 5_000;

const parsed = new LRUCache<string, PermissionMap>({ max: MAX_MAPS });

/**
 * What a role grants at present in a tenant of the product, and a department's role adds, from their JSON as the database
 * has it now. Equal arguments give the same object, so that results can be kept by it. It is frozen: requests share it.
 */
export function readPermissions(
  role: { level: number; permissions: string },
  product: string | null,
  department: string | null,
): PermissionMap {
  const key = [role.level, product, role.permissions, department].join('\n');
  const known = parsed.get(key);
  if (known) return known;
  const own = grantedBy({ level: role.level, permissions: parse(role.permissions) }, product);
  const permissions = unite(own, department === null ? null : parse(department));
  for (const actions of Object.values(permissions)) Object.freeze(actions);
  Object.freeze(permissions);
  parsed.set(key, permissions);
  return permissions;
}

const parse = (text: string) => JSON.parse(text) as PermissionMap;
