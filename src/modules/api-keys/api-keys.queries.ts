import type { Statement } from '../../database/queries.js';
import type { StateRow } from '../sessions/session-state.js';
import { STATE_COLUMNS, STATE_JOINS } from '../sessions/session-states.repository.js';

/** Aliases: `k` rows of `api_keys`, `c` their newest secret. */
const KEY_COLUMNS = `
  k.id, k.user_id AS "userId", k.name, k.description, c.prefix, c.last_four AS "lastFour", k.scopes,
  k.allowed_addresses::text[] AS "allowedAddresses", k.created_at AS "createdAt", k.expires_at AS "expiresAt",
  k.last_used_at AS "lastUsedAt"`;

/** $1 tenant, $2 user, $3 the level below which other members' keys are within reach; -1 for none. */
const WITHIN_REACH = `
  k.tenant_id = $1 AND (k.user_id = $2 OR EXISTS (
    SELECT 1 FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    WHERE m.tenant_id = k.tenant_id AND m.user_id = k.user_id AND r.level < $3))`;

const NEWEST = `JOIN api_key_secrets c ON c.key_id = k.id AND c.expires_at IS NULL`;

/**
 * $4 the key, or null for all; $5 the last key of the previous page, or null; $6 limit. Newest first: ids grow with
 * time.
 */
export const READ_KEYS = `
  SELECT ${KEY_COLUMNS} FROM api_keys k ${NEWEST}
  WHERE ${WITHIN_REACH} AND k.revoked_at IS NULL
    AND ($4::uuid IS NULL OR k.id = $4) AND ($5::uuid IS NULL OR k.id < $5)
  ORDER BY k.id DESC LIMIT $6`;

/** $1 tenant, $2 user, $3 a key not to count, or null. Counts keys that are neither revoked nor expired. */
export const COUNT_LIVE_KEYS = `
  SELECT count(*)::int AS live FROM api_keys
  WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    AND id IS DISTINCT FROM $3::uuid`;

/** $1 tenant, $2 user. Locks the membership against deletion until the transaction ends. */
export const LOCK_AUTHORITY = `
  SELECT t.allow_keys_without_expiry AS "mayLast" FROM memberships m JOIN tenants t ON t.id = m.tenant_id
  WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.status = 'active' AND t.status = 'active'
  FOR KEY SHARE OF m`;

/** $1 id, $2 tenant, $3 user, $4 name, $5 description, $6 scopes, $7 blocks, $8 seconds or null. */
export const INSERT_KEY = `
  INSERT INTO api_keys (id, tenant_id, user_id, name, description, scopes, allowed_addresses, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7::cidr[], now() + make_interval(secs => $8::float8))`;

/** $1 hash, $2 key, $3 prefix, $4 last four characters. A unique index allows one newest secret per key. */
export const INSERT_SECRET = `INSERT INTO api_key_secrets (hash, key_id, prefix, last_four) VALUES ($1, $2, $3, $4)`;

/** $1 tenant, $2 user, $3 id, $4 new name or null, $5 whether the description changes, $6 new description. */
export const UPDATE_KEY = `
  UPDATE api_keys SET name = COALESCE($4, name), description = CASE WHEN $5 THEN $6 ELSE description END
  WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND revoked_at IS NULL RETURNING id`;

/** $4 the key. Of parallel calls one gets the row, with the owner to notify. */
export const REVOKE_KEY = `
  UPDATE api_keys k SET revoked_at = now() FROM users u
  WHERE u.id = k.user_id AND ${WITHIN_REACH} AND k.id = $4 AND k.revoked_at IS NULL
  RETURNING u.id AS "ownerId", u.email, u.first_name AS "firstName"`;

/** $4 the key, which may be revoked. */
export const IS_WITHIN_REACH = `SELECT 1 FROM api_keys k WHERE ${WITHIN_REACH} AND k.id = $4`;

/** $1 user. Revokes in every tenant. */
export const REVOKE_ALL = `
  UPDATE api_keys SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL
  RETURNING id, tenant_id AS "tenantId"`;

/** $1 user, $2 seconds. Revokes, in every tenant, the keys with a secret younger than that. */
export const REVOKE_RECENT = `
  UPDATE api_keys k SET revoked_at = now()
  WHERE k.user_id = $1 AND k.revoked_at IS NULL AND EXISTS (
    SELECT 1 FROM api_key_secrets c WHERE c.key_id = k.id AND c.created_at > now() - make_interval(secs => $2::float8))
  RETURNING k.id, k.tenant_id AS "tenantId"`;

/** $1 user. In every tenant, oldest first. */
export const FIND_LIVE_KEYS = `
  SELECT k.name, c.prefix FROM api_keys k ${NEWEST}
  WHERE k.user_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
  ORDER BY k.id`;

/** $1 tenant, $2 user, $3 id. */
export const LOCK_OWN_KEY = `
  SELECT k.expires_at AS "expiresAt", extract(epoch FROM k.expires_at - c.created_at)::float8 AS "lifetimeSeconds"
  FROM api_keys k ${NEWEST}
  WHERE k.tenant_id = $1 AND k.user_id = $2 AND k.id = $3 AND k.revoked_at IS NULL FOR NO KEY UPDATE OF k`;

/** $1 tenant, $2 key. */
export const DROP_OLDER_SECRETS = `
  DELETE FROM api_key_secrets c USING api_keys k
  WHERE k.tenant_id = $1 AND k.id = $2 AND c.key_id = k.id AND c.expires_at IS NOT NULL`;

/** $1 tenant, $2 key, $3 seconds. The secret ends no later than the key. */
export const RETIRE_SECRET = `
  UPDATE api_key_secrets c SET expires_at = LEAST(now() + make_interval(secs => $3::float8), k.expires_at)
  FROM api_keys k WHERE k.tenant_id = $1 AND k.id = $2 AND c.key_id = k.id AND c.expires_at IS NULL`;

/** $1 tenant, $2 key, $3 seconds, or null for no expiry. */
export const RENEW_KEY = `
  UPDATE api_keys SET expires_at = now() + make_interval(secs => $3::float8) WHERE tenant_id = $1 AND id = $2`;

/** The current state of a key, its owner and the owner's membership. */
export interface KeyStateRow extends StateRow {
  key_hash: string;
  key_name: string;
  scopes: string[];
  allowed_addresses: string[];
  key_expires_at: Date | null;
  secret_issued_at: Date;
  /** When the secret or the key expires, whichever is earlier; null if neither does. */
  secret_expires_at: Date | null;
}

/**
 * $1 hashes. Hot path: the requests of one tick share one execution. Returns usable keys only: no revoked or expired
 * key or secret, and no key of an owner who lacks a second factor that the tenant requires. The key is selected in the
 * shape of a session (`s`), so that STATE_JOINS checks user, membership and role by the same rules as for sessions. A
 * program cannot pass a second factor, so the row claims the method `mfa`.
 */
export const READ_KEY_STATES: Statement = {
  name: 'read-api-key-states',
  text: `
    SELECT s.key_hash, s.key_name, s.scopes, s.allowed_addresses, s.expires_at AS key_expires_at,
      s.secret_issued_at, s.secret_expires_at, ${STATE_COLUMNS}
    FROM (
      SELECT encode(c.hash, 'hex') AS key_hash, k.name AS key_name, k.scopes,
        k.allowed_addresses::text[] AS allowed_addresses, k.id, k.user_id, k.tenant_id, k.expires_at,
        c.created_at AS secret_issued_at, LEAST(c.expires_at, k.expires_at) AS secret_expires_at,
        0 AS token_version, 0 AS generation, 0 AS refresh_version, NULL::integer AS successor_version,
        k.created_at AS authenticated_at,
        -- Keys are subject neither to a second factor nor to the maximum age of sessions
        ARRAY['mfa'] AS methods, now() AS created_at
      FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id
      WHERE c.hash = ANY($1::bytea[]) AND (c.expires_at IS NULL OR c.expires_at > now())
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
        AND NOT EXISTS (
          SELECT 1 FROM tenants p WHERE p.id = k.tenant_id AND p.require_two_factor AND NOT EXISTS (
            SELECT 1 FROM totp_factors f WHERE f.user_id = k.user_id AND f.confirmed_at IS NOT NULL))
    ) s ${STATE_JOINS}`,
};

/**
 * $1 hashes of keys that did not work. Returns owner, tenant and reason of those that still exist, revoked and expired
 * ones included. Does not verify the key.
 */
export const FIND_REFUSED_KEYS: Statement = {
  name: 'find-refused-api-keys',
  text: `
    SELECT encode(c.hash, 'hex') AS hash, k.id AS "keyId", k.tenant_id AS "tenantId", k.user_id AS "userId",
      CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN LEAST(c.expires_at, k.expires_at) <= now() THEN 'expired' ELSE 'owner_not_admitted' END AS reason
    FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id WHERE c.hash = ANY($1::bytea[])`,
};

/**
 * $1 keys, $2 days, $3 numbers of requests, $4 times of the last request; one entry per key and day. Locks the keys in
 * the order of their ids, so that servers do not deadlock. Skips deleted keys.
 */
export const RECORD_USAGE: Statement = {
  name: 'record-api-key-usage',
  text: `
    WITH used AS (
      SELECT * FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::timestamptz[])
        AS one (key_id, day, requests, last_used_at)
    ), locked AS (
      SELECT k.id FROM api_keys k WHERE k.id = ANY($1) ORDER BY k.id FOR NO KEY UPDATE
    ), touched AS (
      UPDATE api_keys k SET last_used_at = GREATEST(k.last_used_at, latest.at)
      FROM (SELECT key_id, max(last_used_at) AS at FROM used GROUP BY key_id) latest
      JOIN locked ON locked.id = latest.key_id
      WHERE k.id = latest.key_id RETURNING k.id
    )
    INSERT INTO api_key_usage (key_id, day, requests)
    SELECT used.key_id, used.day, used.requests FROM used JOIN touched ON touched.id = used.key_id
    ON CONFLICT (key_id, day) DO UPDATE SET requests = api_key_usage.requests + EXCLUDED.requests`,
};

/** $1 tenant, $2 key, $3 number of days up to today, in UTC. One row per day, oldest first. */
export const READ_USAGE = `
  SELECT to_char(d.day, 'YYYY-MM-DD') AS date, COALESCE(u.requests, 0)::float8 AS requests
  FROM generate_series((now() AT TIME ZONE 'UTC')::date - ($3::int - 1), (now() AT TIME ZONE 'UTC')::date,
                       interval '1 day') AS d (day)
  LEFT JOIN (
    api_key_usage u JOIN api_keys k ON k.id = u.key_id AND k.tenant_id = $1
  ) ON u.key_id = $2 AND u.day = d.day::date
  ORDER BY d.day`;
