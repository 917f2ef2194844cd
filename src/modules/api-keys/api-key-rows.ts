import type { Transaction } from '../../database/transaction.js';
import type { ApiKey, reachOf } from './api-key.js';
import { ApiKeyLimitReached, ApiKeyNotFound } from './api-keys.errors.js';
import { COUNT_LIVE_KEYS, INSERT_SECRET, READ_KEYS } from './api-keys.queries.js';
import type { KeyText } from './key-text.js';

type Reach = ReturnType<typeof reachOf>;

/** Reads one key within the actor's reach, in the caller's transaction. Throws ApiKeyNotFound. */
export async function readKey(tx: Transaction, reach: Reach, id: string): Promise<ApiKey> {
  const key = await tx.one<ApiKey>(READ_KEYS, [...reach, id, null, 1]);
  if (!key) throw new ApiKeyNotFound();
  return key;
}

/**
 * Throws ApiKeyLimitReached if the owner has `limit` live keys in the tenant, not counting `exceptId`. The caller must
 * hold the lock on the owner, so that the count stays valid until the commit.
 */
export async function assertBelowLimit(
  tx: Transaction,
  owner: [tenantId: string, userId: string],
  limit: number,
  exceptId: string | null = null,
): Promise<void> {
  const count = await tx.one<{ live: number }>(COUNT_LIVE_KEYS, [...owner, exceptId]);
  if (!count || count.live >= limit) throw new ApiKeyLimitReached();
}

/** Stores the hash, prefix and last characters of the secret; never the secret itself. */
export async function insertSecret(
  tx: Transaction,
  keyId: string,
  { hash, prefix, lastFour }: KeyText,
): Promise<void> {
  await tx.execute(INSERT_SECRET, [hash, keyId, prefix, lastFour]);
}
