import type { PermissionMap } from '../../common/permissions.js';

/** The level of the one role that cannot lose permissions. Members who have it are the tenant's owners. */
export const TOP_LEVEL = 100;

export interface Role {
  id: string;
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

/** The member who grants a role. Nobody can grant more than they have. */
export type Grantor = Pick<Role, 'level' | 'permissions'>;
