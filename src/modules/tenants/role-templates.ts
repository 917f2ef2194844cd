import { permissionMap, type Permission, type PermissionMap } from '../../common/permissions.js';

export interface RoleTemplate {
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

const MANAGER: Permission[] = [
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
  'settings.view',
  'apiKeys.view',
];
const USER: Permission[] = ['leads.view', 'leads.create', 'leads.edit', 'members.view'];

const of = (...permissions: Permission[]): PermissionMap => permissionMap((one) => permissions.includes(one));

/** The roles a new tenant starts with, by the contract that made it. The first one is the founder's. */
export const ROLE_TEMPLATES = {
  primary: [
    { key: 'admin', name: 'Administrator', level: 100, permissions: permissionMap(() => true) },
    { key: 'manager', name: 'Manager', level: 50, permissions: of(...MANAGER) },
    { key: 'user', name: 'User', level: 10, permissions: of(...USER) },
  ],
} as const satisfies Record<string, readonly [RoleTemplate, ...RoleTemplate[]]>;

export type RoleTemplateName = keyof typeof ROLE_TEMPLATES;
