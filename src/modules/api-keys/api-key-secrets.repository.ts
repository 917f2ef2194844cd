import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import type { KeyText } from './key-text.js';

/** The secrets of API keys: the newest one of each, and the previous one while it still works. */
@Injectable()
export class ApiKeySecretsRepository {
  /**
   * Stores the hash, prefix and last characters of the secret; never the secret itself. A unique index allows one newest
   * secret per key.
   */
  async insert(tx: TenantTransaction, keyId: string, { hash, prefix, lastFour }: KeyText): Promise<void> {
    await tx.execute(INSERT, [hash, keyId, prefix, lastFour]);
  }

  /** Deletes every secret but the newest. */
  async deleteOlder(tx: TenantTransaction, keyId: string): Promise<void> {
    await tx.execute(DELETE_OLDER, [tx.tenantId, keyId]);
  }

  /** Lets the newest secret end after this time, and no later than the key. */
  async retire(tx: TenantTransaction, keyId: string, afterSeconds: number): Promise<void> {
    await tx.execute(RETIRE, [tx.tenantId, keyId, afterSeconds]);
  }
}

/** $1 hash, $2 key, $3 prefix, $4 last four characters. */
const INSERT = 'INSERT INTO api_key_secrets (hash, key_id, prefix, last_four) VALUES ($1, $2, $3, $4)';

/** $1 tenant, $2 key. */
const DELETE_OLDER = `
  DELETE FROM api_key_secrets c USING api_keys k
  WHERE k.tenant_id = $1 AND k.id = $2 AND c.key_id = k.id AND c.expires_at IS NOT NULL`;

/** $1 tenant, $2 key, $3 seconds. */
const RETIRE = `
  UPDATE api_key_secrets c SET expires_at = LEAST(now() + make_interval(secs => $3::float8), k.expires_at)
  FROM api_keys k WHERE k.tenant_id = $1 AND k.id = $2 AND c.key_id = k.id AND c.expires_at IS NULL`;
