import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { ApiKeyStatesRepository, type RefusedKey } from './api-key-states.repository.js';

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

  constructor(private readonly states: ApiKeyStatesRepository) {}

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
    const rows = await this.states.readRefused(wanted);
    const byHash = new Map(rows.map(({ hash, ...key }) => [hash, key]));
    return hashes.map((hash) => byHash.get(hash) ?? null);
  }
}
