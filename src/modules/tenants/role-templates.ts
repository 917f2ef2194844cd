import {
  type Permission,
  type PermissionMap,
  permissionMap,
  type Resource,
} from '../../common/permissions.js';

export interface RoleTemplate {
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

type Resources = readonly [Resource, ...Resource[]];

/** Gatehouse's own resources, which every template has beside those of its product. */
const TENANT_RESOURCES = [
  'members',
  'invitations',
  'roles',
  'departments',
  'teams',
  'settings',
  'apiKeys',
  'auditEvents',
] as const;
const PRIMARY: Resources = ['leads', ...TENANT_RESOURCES];
const KATIXO_DATA = ['invoices', 'purchases', 'expenses', 'gst', 'contacts', 'items', 'inventory'] as const;
const KATIXO: Resources = [...KATIXO_DATA, 'workflows', 'users', ...TENANT_RESOURCES];
const DATIXLAB: Resources = ['agents', ...TENANT_RESOURCES];

const everything = (resources: Resources): PermissionMap => permissionMap(resources, () => true);
const only = (resources: Resources, permissions: Permission[]): PermissionMap =>
  permissionMap(resources, (one) => permissions.includes(one));

const readWrite = (...resources: (typeof KATIXO_DATA)[number][]): Permission[] =>
  resources.flatMap((resource): Permission[] => [
    `${resource}.view`,
    `${resource}.create`,
    `${resource}.edit`,
    `${resource}.delete`,
  ]);

const PRIMARY_MANAGER: Permission[] = [
  'leads.view',
  'leads.create',
  'leads.edit',
  'leads.delete',
  'members.view',
  'members.edit',
  'invitations.view',
  'invitations.create',
  'invitations.delete',
  'roles.view',
  'departments.view',
  'teams.view',
  'teams.create',
  'teams.edit',
  'settings.view',
  'apiKeys.view',
  'apiKeys.create',
  'apiKeys.edit',
  'apiKeys.delete',
];
const PRIMARY_USER: Permission[] = ['leads.view', 'leads.create', 'leads.edit', 'members.view'];

/** Only owners manage existing members. Administrators invite them, and change the tenant's settings. */
const KATIXO_OWNER_ONLY: Permission[] = ['users.edit', 'users.delete', 'members.edit', 'members.delete'];
const KATIXO_ACCOUNTANT: Permission[] = [
  ...readWrite('invoices', 'purchases', 'expenses', 'gst', 'contacts', 'items'),
  'workflows.approve',
];

const DATIXLAB_MEMBER: Permission[] = [
  'agents.view',
  'agents.create',
  'agents.edit',
  'members.view',
  'apiKeys.view',
  'apiKeys.create',
  'apiKeys.edit',
  'apiKeys.delete',
];

/**
 * The initial roles of a new tenant, by the contract that created it. The tenant's creator gets the first one. Keys are
 * lower-case; a contract that spells them differently maps them in its own layer.
 */
export const ROLE_TEMPLATES = {
  primary: [
    { key: 'admin', name: 'Administrator', level: 100, permissions: everything(PRIMARY) },
    { key: 'manager', name: 'Manager', level: 50, permissions: only(PRIMARY, PRIMARY_MANAGER) },
    { key: 'user', name: 'User', level: 10, permissions: only(PRIMARY, PRIMARY_USER) },
  ],
  katixo: [
    { key: 'owner', name: 'Owner', level: 100, permissions: everything(KATIXO) },
    {
      key: 'admin',
      name: 'Administrator',
      level: 80,
      permissions: permissionMap(KATIXO, (one) => !KATIXO_OWNER_ONLY.includes(one)),
    },
    { key: 'accountant', name: 'Accountant', level: 60, permissions: only(KATIXO, KATIXO_ACCOUNTANT) },
    {
      key: 'operator',
      name: 'Operator',
      level: 40,
      permissions: only(KATIXO, readWrite('invoices', 'items', 'contacts', 'inventory')),
    },
    {
      key: 'viewer',
      name: 'Viewer',
      level: 20,
      permissions: only(
        KATIXO,
        KATIXO_DATA.map((resource) => `${resource}.view` as const),
      ),
    },
  ],
  datixlab: [
    { key: 'admin', name: 'Administrator', level: 100, permissions: everything(DATIXLAB) },
    { key: 'member', name: 'Member', level: 10, permissions: only(DATIXLAB, DATIXLAB_MEMBER) },
  ],
} as const satisfies Record<string, readonly [RoleTemplate, ...RoleTemplate[]]>;

export type RoleTemplateName = keyof typeof ROLE_TEMPLATES;
