import { type Permission, type PermissionMap, permissionMap } from '../../common/permissions.js';
import { OWN_RESOURCES } from '../../common/products/own-resources.js';
import type { ContractName, Product } from '../../common/products/product.js';
import { PRODUCTS } from '../../common/products/products.js';
import { expandPermissions, listPermissions } from '../../common/products/role-words.js';

export interface RoleTemplate {
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

type Roles = readonly [RoleTemplate, ...RoleTemplate[]];
/** A product at a contract's own path has the contract's name, unless an operator renames it. */
type Templates = Readonly<Record<RoleTemplateName, Roles> & Record<string, Roles>>;

/** The contract at which a tenant is created. Its product is the one at whose path the request arrived. */
export type RoleTemplateName = ContractName;

/**
 * The initial roles of a new tenant, by product. The tenant's creator gets the first one. Keys are lower-case; a contract
 * that spells them differently maps them in its own layer.
 */
export const ROLE_TEMPLATES = Object.fromEntries(
  PRODUCTS.map((product) => [product.key, templatesOf(product)]),
) as Templates;

/** Every role has all actions of the product's resources and of Gatehouse's own, with true or false. */
function templatesOf({ resources, roles }: Product): Roles {
  const all = listPermissions({ ...resources, ...OWN_RESOURCES });
  const [first, ...others] = roles.map(({ key, name, level, permissions, except = [] }) => {
    const without = expandPermissions(except, all);
    const granted = expandPermissions(permissions, all).filter((one) => !without.includes(one));
    const allows = (permission: Permission) => granted.includes(permission);
    return {
      key,
      name,
      level,
      permissions: permissionMap(Object.keys({ ...resources, ...OWN_RESOURCES }), allows),
    };
  });
  if (!first) throw new Error('A product has no roles');
  return [first, ...others];
}
