const CRUD = ['view', 'create', 'edit', 'delete'] as const;

/**
 * Resource → actions: every permission that a role, an API key or `authorize` can name. Others are refused. The first
 * group is Gatehouse's own; the others belong to the products that published them.
 */
export const PERMISSION_CATALOGUE = {
  members: ['view', 'edit', 'delete'],
  invitations: ['view', 'create', 'delete'],
  roles: CRUD,
  departments: CRUD,
  teams: CRUD,
  settings: ['view', 'edit'],
  apiKeys: CRUD,
  auditEvents: ['view'],

  leads: CRUD,

  invoices: CRUD,
  purchases: CRUD,
  expenses: CRUD,
  gst: CRUD,
  contacts: CRUD,
  items: CRUD,
  inventory: CRUD,
  workflows: ['approve'],
  users: CRUD,

  agents: CRUD,
} as const;

type Catalogue = typeof PERMISSION_CATALOGUE;
export type Resource = keyof Catalogue;
export type Permission = { [R in Resource]: `${R}.${Catalogue[R][number]}` }[Resource];

/**
 * Resources that an API key may have scopes on: product data, and reading the audit trail. Members, roles, settings and
 * keys are excluded, so that a stolen key cannot extend its own access.
 */
export const KEY_RESOURCES = [
  'leads',
  'invoices',
  'purchases',
  'expenses',
  'gst',
  'contacts',
  'items',
  'inventory',
  'workflows',
  'agents',
  'auditEvents',
] as const satisfies readonly Resource[];

const permissionsOn = (resources: readonly Resource[]): Permission[] =>
  resources.flatMap((resource) =>
    PERMISSION_CATALOGUE[resource].map((action) => `${resource}.${action}` as Permission),
  );

export const PERMISSIONS: readonly Permission[] = permissionsOn(
  Object.keys(PERMISSION_CATALOGUE) as Resource[],
);
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
export const REACHING_OTHERS: ReadonlySet<Permission> = new Set<Permission>([
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

/** The permissions that an API key has now, in the catalogue's order. */
export function effectiveScopes(held: PermissionMap): Permission[] {
  return KEY_SCOPES.filter((scope) => holds(held, scope));
}

/** True if `held` includes everything `granted` grants. Use it to ensure that nobody grants what they do not have. */
export function covers(held: PermissionMap, granted: PermissionMap): boolean {
  return Object.entries(granted).every(([resource, actions]) =>
    Object.entries(actions).every(([action, allowed]) => !allowed || held[resource]?.[action] === true),
  );
}

/** The union of two maps: a permission is granted if either grants it. */
export function unite(own: PermissionMap, added: PermissionMap | null): PermissionMap {
  if (added === null) return own;
  const united = { ...own };
  for (const [resource, actions] of Object.entries(added)) {
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
        PERMISSION_CATALOGUE[resource].map((action) => [
          action,
          allows(`${resource}.${action}` as Permission),
        ]),
      ),
    ]),
  );
}
