import { Injectable } from '@nestjs/common';
import type { TenantReads, TenantTransaction } from '../../database/transaction.js';
import type { ApiKey, Reach } from './api-key.js';

export interface NewApiKeyRow extends Pick<ApiKey, 'id' | 'userId' | 'name' | 'description'> {
  scopes: string[];
  allowedAddresses: string[];
  /** Null for no expiry. */
  ttlSeconds: number | null;
}

export interface KeyPage {
  /** The last key of the previous page, or null. */
  after: string | null;
  limit: number;
}

/** A member whose keys may be created or rotated. */
export interface KeyAuthority {
  /** Whether the tenant allows keys without expiry. */
  mayLast: boolean;
}

export interface KeyOwner {
  id: string;
  email: string | null;
  firstName: string;
}

/** The API keys of a tenant. */
@Injectable()
export class ApiKeysRepository {
  /** The keys within reach that are not revoked, newest first. Includes expired keys. */
  list(tx: TenantReads, reach: Reach, { after, limit }: KeyPage): Promise<ApiKey[]> {
    return tx.many<ApiKey>(READ, [...within(tx, reach), null, after, limit]);
  }

  /** As `list`, for one key. */
  find(tx: TenantReads, reach: Reach, id: string): Promise<ApiKey | null> {
    return tx.one<ApiKey>(READ, [...within(tx, reach), id, null, 1]);
  }

  /** Whether the key, which may be revoked, is within reach. */
  async isWithinReach(tx: TenantTransaction, reach: Reach, id: string): Promise<boolean> {
    return (await tx.execute(IS_WITHIN_REACH, [...within(tx, reach), id])) === 1;
  }

  /**
   * The number of the member's keys that are neither revoked nor expired, without `exceptId`. It stays valid until the
   * commit if the caller holds the lock on the user.
   */
  async countLive(
    tx: TenantTransaction,
    { userId, exceptId }: { userId: string; exceptId: string | null },
  ): Promise<number> {
    const counted = await tx.one<{ live: number }>(COUNT_LIVE, [tx.tenantId, userId, exceptId]);
    return counted?.live ?? 0;
  }

  /** Locks the active membership against deletion until the transaction ends. Null if there is none. */
  lockAuthority(tx: TenantTransaction, userId: string): Promise<KeyAuthority | null> {
    return tx.one<KeyAuthority>(LOCK_AUTHORITY, [tx.tenantId, userId]);
  }

  async insert(tx: TenantTransaction, key: NewApiKeyRow): Promise<void> {
    const { id, userId, name, description, scopes, allowedAddresses, ttlSeconds } = key;
    const values = [id, tx.tenantId, userId, name, description, scopes, allowedAddresses, ttlSeconds];
    await tx.execute(INSERT, values);
  }

  /** Undefined keeps the name or description; null removes the description. Returns false if the user has no such key. */
  async update(
    tx: TenantTransaction,
    {
      id,
      userId,
      name,
      description,
    }: Pick<ApiKey, 'id' | 'userId'> & Partial<Pick<ApiKey, 'name' | 'description'>>,
  ): Promise<boolean> {
    const values = [tx.tenantId, userId, id, name ?? null, description !== undefined, description ?? null];
    return (await tx.execute(UPDATE, values)) === 1;
  }

  /** Returns the owner to notify. Of parallel calls one gets it; the others get null, as for a key beyond reach. */
  revoke(tx: TenantTransaction, reach: Reach, id: string): Promise<KeyOwner | null> {
    return tx.one<KeyOwner>(REVOKE, [...within(tx, reach), id]);
  }

  /** Locks the user's own key until the transaction ends. `lifetimeSeconds` is null for a key without expiry. */
  lockOwn(
    tx: TenantTransaction,
    { id, userId }: Pick<ApiKey, 'id' | 'userId'>,
  ): Promise<{ lifetimeSeconds: number | null } | null> {
    return tx.one<{ lifetimeSeconds: number | null }>(LOCK_OWN, [tx.tenantId, userId, id]);
  }

  /** The lifetime starts anew; null for no expiry. */
  async renew(tx: TenantTransaction, id: string, ttlSeconds: number | null): Promise<void> {
    await tx.execute(RENEW, [tx.tenantId, id, ttlSeconds]);
  }
}

function within({ tenantId }: TenantReads, { userId, belowLevel }: Reach): [string, string, number] {
  return [tenantId, userId, belowLevel];
}

/** $1 tenant, $2 user, $3 level. `Reach` as SQL over `k`, rows of `api_keys`. */
const WITHIN_REACH = `
  k.tenant_id = $1 AND (k.user_id = $2 OR EXISTS (
    SELECT 1 FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    WHERE m.tenant_id = k.tenant_id AND m.user_id = k.user_id AND r.level < $3))`;

/** Over `k`: `c` is the newest secret. */
const NEWEST = 'JOIN api_key_secrets c ON c.key_id = k.id AND c.expires_at IS NULL';

/** $4 the key, or null for all, $5 the last key of the previous page, or null, $6 limit. Ids grow with time. */
const READ = `
  SELECT k.id, k.user_id AS "userId", k.name, k.description, c.prefix, c.last_four AS "lastFour", k.scopes,
    k.allowed_addresses::text[] AS "allowedAddresses", k.created_at AS "createdAt", k.expires_at AS "expiresAt",
    k.last_used_at AS "lastUsedAt"
  FROM api_keys k ${NEWEST}
  WHERE ${WITHIN_REACH} AND k.revoked_at IS NULL
    AND ($4::uuid IS NULL OR k.id = $4) AND ($5::uuid IS NULL OR k.id < $5)
  ORDER BY k.id DESC LIMIT $6`;

/** $4 the key. */
const IS_WITHIN_REACH = `SELECT FROM api_keys k WHERE ${WITHIN_REACH} AND k.id = $4`;

/** $1 tenant, $2 user, $3 a key not to count, or null. */
const COUNT_LIVE = `
  SELECT count(*)::int AS live FROM api_keys
  WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    AND id IS DISTINCT FROM $3::uuid`;

/** $1 tenant, $2 user. */
const LOCK_AUTHORITY = `
  SELECT t.allow_keys_without_expiry AS "mayLast" FROM memberships m JOIN tenants t ON t.id = m.tenant_id
  WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.status = 'active' AND t.status = 'active'
  FOR KEY SHARE OF m`;

/** $1 id, $2 tenant, $3 user, $4 name, $5 description, $6 scopes, $7 blocks, $8 seconds or null. */
const INSERT = `
  INSERT INTO api_keys (id, tenant_id, user_id, name, description, scopes, allowed_addresses, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7::cidr[], now() + make_interval(secs => $8::float8))`;

/** $1 tenant, $2 user, $3 id, $4 new name or null, $5 whether the description changes, $6 new description. */
const UPDATE = `
  UPDATE api_keys SET name = COALESCE($4, name), description = CASE WHEN $5 THEN $6 ELSE description END
  WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND revoked_at IS NULL`;

/** $4 the key. */
const REVOKE = `
  UPDATE api_keys k SET revoked_at = now() FROM users u
  WHERE u.id = k.user_id AND ${WITHIN_REACH} AND k.id = $4 AND k.revoked_at IS NULL
  RETURNING u.id, u.email, u.first_name AS "firstName"`;

/** $1 tenant, $2 user, $3 id. */
const LOCK_OWN = `
  SELECT extract(epoch FROM k.expires_at - c.created_at)::float8 AS "lifetimeSeconds"
  FROM api_keys k ${NEWEST}
  WHERE k.tenant_id = $1 AND k.user_id = $2 AND k.id = $3 AND k.revoked_at IS NULL FOR NO KEY UPDATE OF k`;

/** $1 tenant, $2 key, $3 seconds, or null. */
const RENEW = `
  UPDATE api_keys SET expires_at = now() + make_interval(secs => $3::float8) WHERE tenant_id = $1 AND id = $2`;
