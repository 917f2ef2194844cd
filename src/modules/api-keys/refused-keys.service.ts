import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Database } from '../../database/database.js';
import { FIND_REFUSED_KEYS } from './api-keys.queries.js';

/** Whose a key is that does not work, and why it does not. */
export interface RefusedKey {
  keyId: string;
  tenantId: string;
  userId: string;
  reason: 'revoked' | 'expired' | 'owner_not_admitted';
}

const DELAY_MS = 100;
const MAX_WAITING = 1_000;

/**
 * Looks up whose refused keys are, for the trail: long after the answer has gone out, so that no answer's time tells
 * whether there ever was such a key, and many at once.
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

  /** Null where no such key is kept, where the database is away, and beyond MAX_WAITING at once. */
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
    const rows = await this.database.runAcrossTenants<RefusedKey & { hash: string }>(FIND_REFUSED_KEYS, [
      wanted,
    ]);
    const found = new Map(rows.map(({ hash, ...key }) => [hash, key]));
    return hashes.map((hash) => found.get(hash) ?? null);
  }
}
