import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { StateRow } from '../sessions/session-state.js';
import { STATE_COLUMNS, STATE_JOINS } from '../sessions/session-states.repository.js';

/** The present state of a key, its owner and the owner's membership. */
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

/** The owner of a key that did not work, and the reason. */
export interface RefusedKey {
  keyId: string;
  tenantId: string;
  userId: string;
  reason: 'revoked' | 'expired' | 'owner_not_admitted';
}

/** What a request with an API key reads, for many keys in one statement. Keys are given by the hashes of their texts. */
@Injectable()
export class ApiKeyStatesRepository {
  constructor(private readonly database: Database) {}

  /**
   * The usable keys: no revoked or expired key or secret, and no key of an owner who lacks a second factor that the
   * tenant requires.
   */
  read(hashes: Buffer[]): Promise<KeyStateRow[]> {
    return this.database.autocommitAcrossTenants.many<KeyStateRow>(READ, [hashes]);
  }

  /** The keys that still exist, revoked and expired ones included. For keys that did not work: does not verify them. */
  readRefused(hashes: Buffer[]): Promise<(RefusedKey & { hash: string })[]> {
    return this.database.autocommitAcrossTenants.many<RefusedKey & { hash: string }>(READ_REFUSED, [hashes]);
  }
}

/**
 * $1 hashes. Hot path. The key is selected in the shape of a session (`s`), so that STATE_JOINS checks user, membership
 * and role by the same rules as for sessions. A program cannot pass a second factor, so the row claims the method `mfa`.
 */
const READ: Statement = {
  name: 'read-api-key-states',
  text: `
    SELECT s.key_hash, s.key_name, s.scopes, s.allowed_addresses, s.expires_at AS key_expires_at,
      s.secret_issued_at, s.secret_expires_at, ${STATE_COLUMNS}
    FROM (
      SELECT encode(c.hash, 'hex') AS key_hash, k.name AS key_name, k.scopes,
        k.allowed_addresses::text[] AS allowed_addresses, k.id, k.user_id, k.tenant_id, k.expires_at,
        c.created_at AS secret_issued_at, LEAST(c.expires_at, k.expires_at) AS secret_expires_at,
        0 AS token_version, 0 AS generation, 0 AS refresh_version, NULL::integer AS successor_version,
        false AS in_cookie,
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

/** $1 hashes. */
const READ_REFUSED: Statement = {
  name: 'find-refused-api-keys',
  text: `
    SELECT encode(c.hash, 'hex') AS hash, k.id AS "keyId", k.tenant_id AS "tenantId", k.user_id AS "userId",
      CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN LEAST(c.expires_at, k.expires_at) <= now() THEN 'expired' ELSE 'owner_not_admitted' END AS reason
    FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id WHERE c.hash = ANY($1::bytea[])`,
};
