import type { Tx } from '../../database/database.js';
import type { ApiKey, reachOf } from './api-key.js';
import { ApiKeyLimitReached, ApiKeyNotFound } from './api-keys.errors.js';
import { COUNT_LIVE_KEYS, INSERT_SECRET, READ_KEYS } from './api-keys.queries.js';
import type { KeyText } from './key-text.js';

type Reach = ReturnType<typeof reachOf>;

/** One key within reach, as it is in this transaction. Throws ApiKeyNotFound. */
export async function readKey(tx: Tx, reach: Reach, id: string): Promise<ApiKey> {
  const [key] = await tx.query<ApiKey[]>(READ_KEYS, [...reach, id, null, 1]);
  if (!key) throw new ApiKeyNotFound();
  return key;
}

/**
 * Room for one more live key beside those the owner has in the tenant. The caller has locked the owner, so that the
 * count holds. Throws ApiKeyLimitReached.
 */
export async function assertRoom(
  tx: Tx,
  owner: [tenantId: string, userId: string],
  limit: number,
  exceptId: string | null = null,
): Promise<void> {
  const [count] = await tx.query<{ live: number }[]>(COUNT_LIVE_KEYS, [...owner, exceptId]);
  if (!count || count.live >= limit) throw new ApiKeyLimitReached();
}

/** Of the secret only its hash and what it is told by is kept. */
export async function insertSecret(
  tx: Tx,
  keyId: string,
  { hash, prefix, lastFour }: KeyText,
): Promise<void> {
  await tx.query(INSERT_SECRET, [hash, keyId, prefix, lastFour]);
}
