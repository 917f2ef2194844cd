import { OWN_RESOURCES } from './own-resources.js';
import { CONTRACT_NAMES, type Product, type ProductFile, type ProductRole, TOP_LEVEL } from './product.js';
import { findKeyFault } from './product-keys.js';
import { expandPermissions, listPermissions } from './role-words.js';

/** Where each contract is without any product. */
export const CONTRACT_PATHS = { primary: '/', katixo: '/api/v1', datixlab: '/v1/auth' } as const;

/** First words of paths that lead elsewhere. */
const RESERVED = [
  'auth',
  'users',
  'tenants',
  'oauth',
  'api',
  'v1',
  'health',
  'metrics',
  'docs',
  'dev',
  'problems',
  'uploads',
  'platform',
];

/** What the schema cannot say about one file: lines that begin with a blank and the path inside the file. */
export function findFaults(key: string, product: ProductFile): string[] {
  const { resources, roles, closedToApiKeys = [], basePath, contract } = product;
  const keyFault = findKeyFault(key, contract);
  const faults = keyFault === null ? [] : [keyFault];
  for (const name of Object.keys(resources))
    if (Object.hasOwn(OWN_RESOURCES, name))
      faults.push(` /resources/${name} is a resource of Gatehouse itself. Example: "dental_charts"`);
  for (const [index, name] of closedToApiKeys.entries())
    if (!Object.hasOwn(resources, name))
      faults.push(
        ` /closedToApiKeys/${index} is no resource of this product. Example: ${firstOf(resources)}`,
      );
  const first = basePath.split('/')[1] ?? '';
  if (basePath !== CONTRACT_PATHS[contract] && (basePath === '/' || RESERVED.includes(first)))
    faults.push(` /basePath is taken by Gatehouse. Example: "/${key}"`);
  return [...faults, ...findRoleFaults(roles, resources)];
}

/** Two products at one path, and contracts at whose own path there is no product. */
export function findSharedPaths(products: readonly Product[]): string[] {
  const shared = products.filter((one) =>
    products.some((other) => other.key < one.key && other.basePath === one.basePath),
  );
  const alone = CONTRACT_NAMES.filter(
    (contract) =>
      !products.some((one) => one.contract === contract && one.basePath === CONTRACT_PATHS[contract]),
  );
  return [
    ...shared.map(
      ({ key, basePath }) => `${key}.json has the /basePath of another product. Example: "${basePath}-2"`,
    ),
    ...alone.map(
      (contract) =>
        `no product has the /contract "${contract}" and its own /basePath. Example: "${CONTRACT_PATHS[contract]}"`,
    ),
  ];
}

function findRoleFaults(roles: ProductRole[], resources: ProductFile['resources']): string[] {
  const all = listPermissions({ ...resources, ...OWN_RESOURCES });
  const faults: string[] = [];
  for (const [index, { key, level, permissions, except = [] }] of roles.entries()) {
    if (roles.findIndex((other) => other.key === key) < index)
      faults.push(` /roles/${index}/key is the key of another role. Example: "${key}-2"`);
    for (const part of ['permissions', 'except'] as const)
      for (const [place, pattern] of (part === 'except' ? except : permissions).entries())
        if (expandPermissions([pattern], all).length === 0)
          faults.push(` /roles/${index}/${part}/${place} fits no permission. Example: "${all[0]}"`);
    const isFirst = index === 0;
    if (isFirst !== (level === TOP_LEVEL))
      faults.push(
        ` /roles/${index}/level must be ${isFirst ? '100 for the first role' : 'below 100'}. Example: ${isFirst ? 100 : 50}`,
      );
    if (isFirst && (except.length > 0 || expandPermissions(permissions, all).length < all.length))
      faults.push(' /roles/0/permissions must be all of them. Example: ["*"]');
  }
  return faults;
}

const firstOf = (resources: ProductFile['resources']) =>
  JSON.stringify(Object.keys(resources)[0] ?? 'invoices');
