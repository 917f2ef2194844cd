import { OWN_RESOURCES } from './products/own-resources.js';
import { TOP_LEVEL } from './products/product.js';
import { PRODUCTS } from './products/products.js';
import { listPermissions } from './products/role-words.js';

type OwnCatalogue = typeof OWN_RESOURCES;
/** A permission on Gatehouse's own resources, which its endpoints demand. */
export type OwnPermission = {
  [R in keyof OwnCatalogue]: `${R}.${OwnCatalogue[R][number]}`;
}[keyof OwnCatalogue];

export type Resource = string;
/** `resource.action`, of the catalogue. */
export type Permission = `${string}.${string}`;

/**
 * Resource → actions: every permission that a role, an API key or `authorize` can name. Others are refused. The first
 * group is Gatehouse's own; the others are those of the products. Of a resource in two of them, the actions of both.
 */
export const PERMISSION_CATALOGUE: Readonly<Record<Resource, readonly string[]>> = merge([
  OWN_RESOURCES,
  ...PRODUCTS.map(({ resources }) => resources),
]);

/**
 * Resources that an API key may have scopes on: product data, and reading the audit trail. Members, roles, settings and
 * keys are excluded, so that a stolen key cannot extend its own access. A product may exclude resources of its own.
 */
export const KEY_RESOURCES: readonly Resource[] = [
  ...Object.keys(PERMISSION_CATALOGUE).filter(
    (resource) =>
      !Object.hasOwn(OWN_RESOURCES, resource) &&
      !PRODUCTS.some(({ closedToApiKeys = [] }) => closedToApiKeys.includes(resource)),
  ),
  'auditEvents',
];

const permissionsOn = (resources: readonly Resource[]): Permission[] =>
  listPermissions(
    Object.fromEntries(resources.map((resource) => [resource, PERMISSION_CATALOGUE[resource] ?? []])),
  ) as Permission[];

export const PERMISSIONS: readonly Permission[] = permissionsOn(Object.keys(PERMISSION_CATALOGUE));
export const KEY_SCOPES: readonly Permission[] = permissionsOn(KEY_RESOURCES);
/**
 * The scopes of a key that is created without a list: product data. Reading the audit trail must be requested by name.
 */
export const DEFAULT_KEY_SCOPES: readonly Permission[] = permissionsOn(
  KEY_RESOURCES.filter((resource) => resource !== 'auditEvents'),
);

/**
 * Permissions that act on other people. They require an account with a verified identifier (`identifier_unverified`).
 */
export const REACHING_OTHERS: ReadonlySet<Permission> = new Set<OwnPermission>([
  'members.edit',
  'members.delete',
  'invitations.create',
  'roles.create',
  'roles.edit',
  'roles.delete',
]);

/** The form stored with a role and returned by `me`: resource → action → granted. An absent action is not granted. */
export type PermissionMap = Record<string, Record<string, boolean>>;

export function holds(held: PermissionMap | undefined, permission: Permission): boolean {
  const [resource = '', action = ''] = permission.split('.');
  return held?.[resource]?.[action] === true;
}

/** The permissions that a map grants, as a list. */
export function allowedBy(held: PermissionMap): string[] {
  return Object.entries(held).flatMap(([resource, actions]) =>
    Object.entries(actions)
      .filter(([, isAllowed]) => isAllowed)
      .map(([action]) => `${resource}.${action}`),
  );
}

const scopesOf = new WeakMap<PermissionMap, readonly Permission[]>();

/** The permissions that an API key has now, in the catalogue's order. Kept for maps that nothing can change. */
export function effectiveScopes(held: PermissionMap): readonly Permission[] {
  const known = scopesOf.get(held);
  if (known) return known;
  const scopes = KEY_SCOPES.filter((scope) => holds(held, scope));
  if (Object.isFrozen(held)) scopesOf.set(held, scopes);
  return scopes;
}

/** True if `held` includes everything that `granted` grants and the catalogue names. Use it to ensure that nobody grants what they do not have. */
export function covers(held: PermissionMap, granted: PermissionMap): boolean {
  return Object.entries(granted).every(([resource, actions]) =>
    Object.entries(actions).every(
      ([action, allowed]) => !allowed || held[resource]?.[action] === true || !isPermission(resource, action),
    ),
  );
}

/** The union of two maps: a permission is granted if either grants it. */
export function unite(own: PermissionMap, added: PermissionMap | null): PermissionMap {
  if (added === null) return own;
  const united = { ...own };
  for (const [resource, actions] of Object.entries(knownPermissions(added))) {
    const allowed = Object.entries(actions).filter(([, isAllowed]) => isAllowed);
    united[resource] = { ...united[resource], ...Object.fromEntries(allowed) };
  }
  return united;
}

/** A complete map of these resources: every action, with true or false. */
export function permissionMap(
  resources: readonly Resource[],
  allows: (permission: Permission) => boolean,
): PermissionMap {
  return Object.fromEntries(
    resources.map((resource) => [
      resource,
      Object.fromEntries(
        (PERMISSION_CATALOGUE[resource] ?? []).map((action) => [action, allows(`${resource}.${action}`)]),
      ),
    ]),
  );
}

/**
 * What is left of a stored map of permissions when a product's file no longer has a resource or an action: nothing that
 * the catalogue does not name is granted, listed or handed on.
 */
export function knownPermissions(stored: PermissionMap): PermissionMap {
  if (isKnown(stored)) return stored;
  const known = Object.entries(stored).flatMap(([resource, actions]) => {
    const left = Object.entries(actions).filter(([action]) => isPermission(resource, action));
    return left.length > 0 ? [[resource, Object.fromEntries(left)] as const] : [];
  });
  return Object.fromEntries(known);
}

const ALL_OF_PRODUCT = new Map(
  PRODUCTS.map(({ key, resources }) => [
    key,
    permissionMap(Object.keys({ ...resources, ...OWN_RESOURCES }), () => true),
  ]),
);

/**
 * What a role grants at present: the top role of a product everything that the product's file names now, so that owners
 * get, and can hand on, a resource that is added to it.
 */
export function grantedBy(
  role: { level: number; permissions: PermissionMap },
  product: string | null,
): PermissionMap {
  const all = role.level === TOP_LEVEL && product !== null ? ALL_OF_PRODUCT.get(product) : undefined;
  return all ?? knownPermissions(role.permissions);
}

/** On the hot path, where nearly every map is known: copies nothing. */
function isKnown(stored: PermissionMap): boolean {
  for (const resource in stored)
    for (const action in stored[resource]) if (!isPermission(resource, action)) return false;
  return true;
}

function isPermission(resource: string, action: string): boolean {
  return (
    Object.hasOwn(PERMISSION_CATALOGUE, resource) && PERMISSION_CATALOGUE[resource]?.includes(action) === true
  );
}

function merge(catalogues: readonly Readonly<Record<string, readonly string[]>>[]): Record<string, string[]> {
  const merged: Record<string, string[]> = {};
  for (const catalogue of catalogues)
    for (const [resource, actions] of Object.entries(catalogue))
      merged[resource] = [...new Set([...(merged[resource] ?? []), ...actions])];
  return merged;
}
