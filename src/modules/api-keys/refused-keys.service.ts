import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Database } from '../../database/database.js';
import { FIND_REFUSED_KEYS } from './api-keys.queries.js';

/** The owner of a key that did not work, and the reason. */
export interface RefusedKey {
  keyId: string;
  tenantId: string;
  userId: string;
  reason: 'revoked' | 'expired' | 'owner_not_admitted';
}

const DELAY_MS = 100;
const MAX_WAITING = 1_000;

/**
 * Looks up the owners of refused keys for the audit trail, in batches and after the response was sent: the response
 * time must not disclose whether a key ever existed.
 */
@Injectable()
export class RefusedKeysService {
  private waiting = 0;
  private readonly loader = new DataLoader<string, RefusedKey | null>((hashes) => this.readAll(hashes), {
    cache: false,
    maxBatchSize: 256,
    batchScheduleFn: (dispatch) => setTimeout(dispatch, DELAY_MS),
  });

  constructor(private readonly database: Database) {}

  /** Null if the key is unknown, if the query fails, or if MAX_WAITING lookups are waiting. Never rejects. */
  async find(hash: string): Promise<RefusedKey | null> {
    if (this.waiting >= MAX_WAITING) return null;
    this.waiting += 1;
    try {
      return await this.loader.load(hash);
    } catch {
      return null;
    } finally {
      this.waiting -= 1;
    }
  }

  private async readAll(hashes: readonly string[]): Promise<(RefusedKey | null)[]> {
    const wanted = [...new Set(hashes)].map((hash) => Buffer.from(hash, 'hex'));
    const rows = await this.database.autocommitAcrossTenants.many<RefusedKey & { hash: string }>(
      FIND_REFUSED_KEYS,
      [wanted],
    );
    const byHash = new Map(rows.map(({ hash, ...key }) => [hash, key]));
    return hashes.map((hash) => byHash.get(hash) ?? null);
  }
}
