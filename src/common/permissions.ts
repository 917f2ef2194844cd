const CRUD = ['view', 'create', 'edit', 'delete'] as const;

/**
 * Resource → actions: everything a role, an API key or `authorize` can speak of. Unknown words are refused. The first
 * group is the house's own; the others belong to the products that published them.
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
 * What an API key can be scoped to: the products' data, and reading the trail. Never people, roles, settings or keys,
 * so that a stolen key cannot make itself at home.
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
/** What a key is given without a wish: the products' data. Who wants one that reads the trail says so. */
export const DEFAULT_KEY_SCOPES: readonly Permission[] = permissionsOn(
  KEY_RESOURCES.filter((resource) => resource !== 'auditEvents'),
);

/** What is done to others with these takes an account that has verified an identifier (`identifier_unverified`). */
export const REACHING_OTHERS: ReadonlySet<Permission> = new Set<Permission>([
  'members.edit',
  'members.delete',
  'invitations.create',
  'roles.create',
  'roles.edit',
  'roles.delete',
]);

/** As stored with a role and shown in `me`: resource → action → held. What is absent is not held. */
export type PermissionMap = Record<string, Record<string, boolean>>;

export function holds(held: PermissionMap | undefined, permission: Permission): boolean {
  const [resource = '', action = ''] = permission.split('.');
  return held?.[resource]?.[action] === true;
}

/** What a map allows, one by one. */
export function allowedBy(held: PermissionMap): string[] {
  return Object.entries(held).flatMap(([resource, actions]) =>
    Object.entries(actions)
      .filter(([, isAllowed]) => isAllowed)
      .map(([action]) => `${resource}.${action}`),
  );
}

/** What a key may do, in the catalogue's order: its scopes as they are worth now. */
export function effectiveScopes(held: PermissionMap): Permission[] {
  return KEY_SCOPES.filter((scope) => holds(held, scope));
}

/** True where everything `granted` allows is held already: nobody hands out what they do not have. */
export function covers(held: PermissionMap, granted: PermissionMap): boolean {
  return Object.entries(granted).every(([resource, actions]) =>
    Object.entries(actions).every(([action, allowed]) => !allowed || held[resource]?.[action] === true),
  );
}

/** What two maps allow together. What either denies the other may still allow. */
export function unite(own: PermissionMap, added: PermissionMap | null): PermissionMap {
  if (added === null) return own;
  const united = { ...own };
  for (const [resource, actions] of Object.entries(added)) {
    const allowed = Object.entries(actions).filter(([, isAllowed]) => isAllowed);
    united[resource] = { ...united[resource], ...Object.fromEntries(allowed) };
  }
  return united;
}

/** The full map over these resources, so that clients see every action with its verdict. */
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
