import type { PermissionMap } from './permissions.js';
import { OWN_RESOURCES } from './products/own-resources.js';

/** What an operator may do in the place of a person, as the tenant decides. */
export const SUPPORT_ACCESS = ['none', 'read', 'write'] as const;
export type SupportAccess = (typeof SUPPORT_ACCESS)[number];

const reduced = {
  read: new WeakMap<PermissionMap, PermissionMap>(),
  write: new WeakMap<PermissionMap, PermissionMap>(),
};

/**
 * What is left of a person's permissions for an operator in their place: to view; with `write` also what the products
 * define, and teams. Never what gives or takes rights. The services behind Gatehouse see these permissions, too. Equal
 * maps give the same object.
 */
export function supportPermissions(
  permissions: PermissionMap,
  access: Exclude<SupportAccess, 'none'>,
): PermissionMap {
  const known = reduced[access].get(permissions);
  if (known) return known;
  const left = Object.fromEntries(
    Object.entries(permissions).map(([resource, actions]) => [
      resource,
      Object.freeze(
        Object.fromEntries(
          Object.entries(actions).map(([action, isGranted]) => [
            action,
            isGranted && (action === 'view' || (access === 'write' && isWritable(resource))),
          ]),
        ),
      ),
    ]),
  );
  Object.freeze(left);
  reduced[access].set(permissions, left);
  return left;
}

const isWritable = (resource: string): boolean =>
  resource === 'teams' || !Object.hasOwn(OWN_RESOURCES, resource);
