import { type Actor, membershipOf } from '../../common/actor.js';
import { holds, type Permission } from '../../common/permissions.js';
import { TOP_LEVEL } from '../tenants/role.js';
import type { KeyText } from './key-text.js';

/** A key as its owner and the tenant's administrators see it. */
export interface ApiKey {
  id: string;
  /** The owner, whose permissions limit those of the key. */
  userId: string;
  name: string;
  description: string | null;
  /** `prefix` and `lastFour`: the beginning and end of the newest secret, by which people recognise the key. */
  prefix: string;
  lastFour: string;
  scopes: string[];
  /** The CIDR blocks from which the key can be used; empty for any address. */
  allowedAddresses: string[];
  createdAt: Date;
  /** Null: the key does not expire. */
  expiresAt: Date | null;
  /** Up to API_KEY_USAGE_FLUSH_SECONDS old. */
  lastUsedAt: Date | null;
}

/** With the secret, which is not stored: it can be disclosed only once. */
export interface IssuedApiKey extends ApiKey {
  key: KeyText['text'];
}

/** Below every level: no other member's keys are within reach. */
const NOBODY_ELSE = -1;

/**
 * The parameters of `WITHIN_REACH`: the actor's own keys in the active tenant and, with the permission, the keys of
 * members on lower levels; owners also reach each other's keys.
 */
export function reachOf(actor: Actor, permission: Permission): [string, string, number] {
  const { tenant, role } = membershipOf(actor);
  const bound = role.level === TOP_LEVEL ? TOP_LEVEL + 1 : role.level;
  return [tenant.id, actor.userId, holds(role.permissions, permission) ? bound : NOBODY_ELSE];
}
