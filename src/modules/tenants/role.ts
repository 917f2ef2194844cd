import type { PermissionMap } from '../../common/permissions.js';

export { TOP_LEVEL } from '../../common/products/product.js';

export interface Role {
  id: string;
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

/** The member who grants a role. Nobody can grant more than they have. */
export type Grantor = Pick<Role, 'level' | 'permissions'>;
