import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { grantedBy, type PermissionMap, unite } from './permissions.js';

/** A role as it is now, and that of a department beside it. */
export interface GrantedRole {
  level: number;
  /** Of the tenant. */
  product: string | null;
  /** Stands for the permissions: every change of the role gives it another one, which no other role ever has. */
  revision: string;
  departmentRevision: string | null;
}

/** Of roles together with the roles of departments: few are in use at once. */
const MAX_ROLES = 10_000;
/** Most tenants keep the roles they began with, whose permissions are equal. */
const MAX_MAPS = 5_000;

const ofRoles = new LRUCache<string, PermissionMap>({ max: MAX_ROLES });
/** By the hash of the JSON. */
const parsed = new LRUCache<string, PermissionMap>({ max: MAX_MAPS });

/** What the role grants, if it was read before; undefined otherwise. */
export function recallPermissions(role: GrantedRole): PermissionMap | undefined {
  return ofRoles.get(keyOf(role));
}

/**
 * What a role grants at present, and a department's role adds, from their JSON as the database has it now, which may be
 * left out if `recallPermissions` finds the role. Equal JSON gives the same object, so that results can be kept by it.
 * It is frozen: requests share it.
 */
export function readPermissions(
  role: GrantedRole,
  json: string | undefined,
  department: string | null | undefined,
): PermissionMap {
  const key = keyOf(role);
  const known = ofRoles.get(key);
  if (known) return known;
  if (json === undefined) throw new Error('A role that is not known was read without its permissions');
  const permissions = parse(role, json, department ?? null);
  ofRoles.set(key, permissions);
  return permissions;
}

const keyOf = ({ level, product, revision, departmentRevision }: GrantedRole): string =>
  `${revision} ${departmentRevision} ${level} ${product}`;

function parse({ level, product }: GrantedRole, json: string, department: string | null): PermissionMap {
  const text = JSON.stringify([level, product, json, department]);
  const hash = createHash('sha256').update(text).digest('base64');
  const known = parsed.get(hash);
  if (known) return known;
  const own = grantedBy({ level, permissions: JSON.parse(json) as PermissionMap }, product);
  const added = department === null ? null : (JSON.parse(department) as PermissionMap);
  const permissions = unite(own, added);
  for (const actions of Object.values(permissions)) Object.freeze(actions);
  Object.freeze(permissions);
  parsed.set(hash, permissions);
  return permissions;
}
