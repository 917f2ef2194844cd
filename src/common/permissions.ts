/** Resource → actions: everything a role, an API key or `authorize` can speak of. Unknown words are refused. */
export const PERMISSION_CATALOGUE = {
  leads: ['view', 'create', 'edit', 'delete'],
  members: ['view', 'edit', 'delete'],
  invitations: ['view', 'create', 'delete'],
  roles: ['view', 'create', 'edit', 'delete'],
  settings: ['view', 'edit'],
  apiKeys: ['view', 'create', 'edit', 'delete'],
  auditEvents: ['view'],
} as const;

type Catalogue = typeof PERMISSION_CATALOGUE;
export type Resource = keyof Catalogue;
export type Permission = { [R in Resource]: `${R}.${Catalogue[R][number]}` }[Resource];

/** As stored with a role and shown in `me`: resource → action → held. What is absent is not held. */
export type PermissionMap = Record<string, Record<string, boolean>>;

export function holds(held: PermissionMap | undefined, permission: Permission): boolean {
  const [resource = '', action = ''] = permission.split('.');
  return held?.[resource]?.[action] === true;
}

/** True where everything `granted` allows is held already: nobody hands out what they do not have. */
export function covers(held: PermissionMap, granted: PermissionMap): boolean {
  return Object.entries(granted).every(([resource, actions]) =>
    Object.entries(actions).every(([action, allowed]) => !allowed || held[resource]?.[action] === true),
  );
}

/** The full map over the catalogue, so that clients see every action with its verdict. */
export function permissionMap(allows: (permission: Permission) => boolean): PermissionMap {
  return Object.fromEntries(
    Object.entries(PERMISSION_CATALOGUE).map(([resource, actions]) => [
      resource,
      Object.fromEntries(actions.map((action) => [action, allows(`${resource}.${action}` as Permission)])),
    ]),
  );
}
