import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';

export interface RevokedApiKey {
  id: string;
  tenantId: string;
}

/** What identifies a key to its owner. */
export interface KeptKey {
  name: string;
  prefix: string;
}

/**
 * The API keys of one person, in every tenant. The caller has locked the user, so that no key is created concurrently.
 */
@Injectable()
export class ApiKeysOfPersonRepository {
  /** Revokes all; with `youngerThanSeconds`, only the keys with a younger secret. Returns the keys that were live. */
  revoke(
    tx: Transaction,
    userId: string,
    youngerThanSeconds: number | null = null,
  ): Promise<RevokedApiKey[]> {
    return tx.many<RevokedApiKey>(REVOKE, [userId, youngerThanSeconds]);
  }

  /** Returns whose the key was; null if it is unknown, revoked or expired. */
  revokeOne(tx: Transaction, keyId: string): Promise<(RevokedApiKey & { userId: string }) | null> {
    return tx.one<RevokedApiKey & { userId: string }>(REVOKE_ONE, [keyId]);
  }

  /** The keys that are neither revoked nor expired, oldest first. */
  listLive(tx: Transaction, userId: string): Promise<KeptKey[]> {
    return tx.many<KeptKey>(LIST_LIVE, [userId]);
  }
}

/** $1 user, $2 seconds, or null for every key. */
const REVOKE = `
  UPDATE api_keys k SET revoked_at = now()
  WHERE k.user_id = $1 AND k.revoked_at IS NULL AND ($2::float8 IS NULL OR EXISTS (
    SELECT 1 FROM api_key_secrets c WHERE c.key_id = k.id AND c.created_at > now() - make_interval(secs => $2)))
  RETURNING k.id, k.tenant_id AS "tenantId"`;

/** $1 key. */
const REVOKE_ONE = `
  UPDATE api_keys SET revoked_at = now()
  WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
  RETURNING id, tenant_id AS "tenantId", user_id AS "userId"`;

/** $1 user. */
const LIST_LIVE = `
  SELECT k.name, c.prefix FROM api_keys k JOIN api_key_secrets c ON c.key_id = k.id AND c.expires_at IS NULL
  WHERE k.user_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
  ORDER BY k.id`;
