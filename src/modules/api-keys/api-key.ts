import { type Actor, membershipOf } from '../../common/actor.js';
import { holds, type Permission } from '../../common/permissions.js';
import { TOP_LEVEL } from '../tenants/member-authority.service.js';
import type { KeyText } from './key-text.js';

/** A key as its owner and their administrators see it. */
export interface ApiKey {
  id: string;
  /** The owner, within whose rights it stays. */
  userId: string;
  name: string;
  description: string | null;
  /** The beginning and the end of its newest secret, to tell it from others. */
  prefix: string;
  lastFour: string;
  scopes: string[];
  /** Blocks in CIDR notation it can be used from; none means from anywhere. */
  allowedAddresses: string[];
  createdAt: Date;
  /** Null: it has no end. */
  expiresAt: Date | null;
  /** At most API_KEY_USAGE_FLUSH_SECONDS behind. */
  lastUsedAt: Date | null;
}

/** With the secret, which is nowhere else from here on. */
export interface IssuedApiKey extends ApiKey {
  key: KeyText['text'];
}

/** Nobody has a level below this one. */
const NOBODY_ELSE = -1;

/**
 * The values of `WITHIN_REACH`: a person's own keys in the active tenant and, with the permission, the keys of members
 * strictly below their level; of those who lead the tenant each other's, too.
 */
export function reachOf(actor: Actor, permission: Permission): [string, string, number] {
  const { tenant, role } = membershipOf(actor);
  const bound = role.level === TOP_LEVEL ? TOP_LEVEL + 1 : role.level;
  return [tenant.id, actor.userId, holds(role.permissions, permission) ? bound : NOBODY_ELSE];
}
