const CRUD = ['view', 'create', 'edit', 'delete'] as const;

/** Gatehouse's own resources, which the roles of every product have beside those of the product. */
export const OWN_RESOURCES = {
  members: ['view', 'edit', 'delete'],
  invitations: ['view', 'create', 'delete'],
  roles: CRUD,
  departments: CRUD,
  teams: CRUD,
  settings: ['view', 'edit'],
  apiKeys: CRUD,
  auditEvents: ['view'],
} as const;
