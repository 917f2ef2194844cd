import {
  holds,
  PERMISSION_CATALOGUE,
  type PermissionMap,
  permissionMap,
  type Resource,
} from '../../common/permissions.js';
import { PermissionUnknown } from './tenants.errors.js';

/** One resource of the permission catalogue. `held`: the actions the actor has and so may grant. */
export interface CatalogueEntry {
  resource: Resource;
  actions: string[];
  held: string[];
}

const isResource = (word: string): boolean => Object.hasOwn(PERMISSION_CATALOGUE, word);

/**
 * Adds the missing actions of each given resource as false. Throws PermissionUnknown for a resource or action that is
 * not in the catalogue.
 */
export function completePermissions(given: PermissionMap): PermissionMap {
  const unknown = Object.entries(given).flatMap(([resource, actions]) => findUnknown(resource, actions));
  if (unknown.length > 0) throw new PermissionUnknown(unknown);
  return permissionMap(Object.keys(given).filter(isResource), (permission) => holds(given, permission));
}

/** The whole catalogue, with the actions that `held` allows. */
export function describeCatalogue(held: PermissionMap): CatalogueEntry[] {
  return Object.entries(PERMISSION_CATALOGUE).map(([resource, actions]) => ({
    resource,
    actions: [...actions],
    held: actions.filter((action) => held[resource]?.[action] === true),
  }));
}

function findUnknown(resource: string, actions: Record<string, boolean>): string[] {
  if (!isResource(resource)) return [escapePointer(resource)];
  const known = PERMISSION_CATALOGUE[resource] ?? [];
  return Object.keys(actions)
    .filter((action) => !known.includes(action))
    .map((action) => `${resource}/${escapePointer(action)}`);
}

/** RFC 6901 §3: `~` and `/` are escaped in a JSON pointer. */
function escapePointer(text: string): string {
  return text.replace(/~/g, '~0').replace(/\//g, '~1');
}
