import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { StateRow } from '../sessions/session-state.js';
import {
  convertRows,
  LEAN_STATE_COLUMNS,
  STATE_COLUMNS,
  STATE_JOINS,
} from '../sessions/session-states.repository.js';

/** The present state of a key, its owner and the owner's membership. */
export interface KeyStateRow extends StateRow {
  key_hash: string;
  key_name: string;
  scopes: string[];
  allowed_addresses: string[];
  /** In Unix time, as the others are. */
  key_expires_at: number | null;
  secret_issued_at: number;
  /** When the secret or the key expires, whichever is earlier; null if neither does. */
  secret_expires_at: number | null;
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
   * The usable keys, converted: no revoked or expired key or secret, and no key of an owner who lacks a second factor
   * that the tenant requires.
   */
  async read<State>(hashes: string[], convert: (row: KeyStateRow) => State): Promise<State[]> {
    const query = (statement: Statement, wanted: string[]) =>
      this.database.autocommitAcrossTenants.many<KeyStateRow>(statement, [
        wanted.map((hash) => Buffer.from(hash, 'hex')),
      ]);
    return convertRows(await query(READ, hashes), convert, (lacking) =>
      query(
        READ_COMPLETE,
        lacking.map(({ key_hash: hash }) => hash),
      ),
    );
  }

  /** The keys that still exist, revoked and expired ones included. For keys that did not work: does not verify them. */
  readRefused(hashes: Buffer[]): Promise<(RefusedKey & { hash: string })[]> {
    return this.database.autocommitAcrossTenants.many<RefusedKey & { hash: string }>(READ_REFUSED, [hashes]);
  }
}

/**
 * $1 hashes. The key is selected in the shape of a session (`s`), so that STATE_JOINS checks user, membership
 * and role by the same rules as for sessions. A program cannot pass a second factor, so the row claims the method `mfa`.
 */
const readKeys = (columns: string) => `
    SELECT s.key_hash, s.key_name, s.scopes, s.allowed_addresses,
      date_part('epoch', s.expires_at) AS key_expires_at, date_part('epoch', s.secret_issued_at) AS secret_issued_at,
      date_part('epoch', s.secret_expires_at) AS secret_expires_at, ${columns}
    FROM (
      SELECT encode(c.hash, 'hex') AS key_hash, k.name AS key_name, k.scopes,
        k.allowed_addresses::text[] AS allowed_addresses, k.id, k.user_id, k.tenant_id, k.expires_at,
        c.created_at AS secret_issued_at, LEAST(c.expires_at, k.expires_at) AS secret_expires_at,
        0 AS token_version, 0 AS generation, 0 AS refresh_version, NULL::integer AS successor_version,
        false AS in_cookie, NULL::uuid AS operator_id,
        k.created_at AS authenticated_at,
        -- Keys are subject neither to a second factor nor to the maximum age of sessions
        ARRAY['mfa'] AS methods, now() AS created_at
      FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id
      WHERE c.hash = ANY($1::bytea[]) AND (c.expires_at IS NULL OR c.expires_at > now())
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    ) s ${STATE_JOINS}
    WHERE NOT (t.require_two_factor AND f.user_id IS NULL)`;

/** Hot path. */
const READ: Statement = { name: 'read-api-key-states', text: readKeys(LEAN_STATE_COLUMNS) };

/** For keys of members whose role has changed or is used at this server for the first time. */
const READ_COMPLETE: Statement = { name: 'read-complete-api-key-states', text: readKeys(STATE_COLUMNS) };

/** $1 hashes. */
const READ_REFUSED: Statement = {
  name: 'find-refused-api-keys',
  text: `
    SELECT encode(c.hash, 'hex') AS hash, k.id AS "keyId", k.tenant_id AS "tenantId", k.user_id AS "userId",
      CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN LEAST(c.expires_at, k.expires_at) <= now() THEN 'expired' ELSE 'owner_not_admitted' END AS reason
    FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id WHERE c.hash = ANY($1::bytea[])`,
};
