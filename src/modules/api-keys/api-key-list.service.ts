import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import { type ApiKey, reachOf } from './api-key.js';
import { readKey } from './api-key-rows.js';
import { READ_KEYS, READ_USAGE } from './api-keys.queries.js';

export interface ApiKeyListOptions {
  limit: number;
  /** `nextCursor` of the previous page. */
  cursor?: string;
  /** Only the actor's own keys, without those of other members. */
  own?: boolean;
}

export interface ApiKeyUsage {
  /** One entry for each requested day, in UTC, oldest first; also for days without requests. */
  days: { date: string; requests: number }[];
  total: number;
  lastUsedAt: Date | null;
}

/**
 * Reads the keys that the actor may see in the active tenant (`reachOf` with `apiKeys.view`). Includes expired keys,
 * not revoked ones.
 */
@Injectable()
export class ApiKeyListService {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(actor: Actor, { limit, cursor, own = false }: ApiKeyListOptions): Promise<Page<ApiKey>> {
    const [tenantId, userId, level] = reachOf(actor, 'apiKeys.view');
    const reach = [tenantId, userId, own ? -1 : level];
    const keys = await this.database.inTenant(tenantId, (tx) =>
      tx.many<ApiKey>(READ_KEYS, [...reach, null, cursor ?? null, limit + 1]),
    );
    const data = keys.slice(0, limit);
    return { data, nextCursor: keys.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  /** Throws ApiKeyNotFound. */
  async get(actor: Actor, id: string): Promise<ApiKey> {
    const reach = reachOf(actor, 'apiKeys.view');
    return this.database.inTenant(reach[0], (tx) => readKey(tx, reach, id));
  }

  /** The counts are up to API_KEY_USAGE_FLUSH_SECONDS old. Throws ApiKeyNotFound. */
  async usage(actor: Actor, id: string, days: number): Promise<ApiKeyUsage> {
    const reach = reachOf(actor, 'apiKeys.view');
    return this.database.inTenant(reach[0], async (tx) => {
      const { lastUsedAt } = await readKey(tx, reach, id);
      const counted = await tx.many<ApiKeyUsage['days'][number]>(READ_USAGE, [reach[0], id, days]);
      return { days: counted, total: counted.reduce((sum, { requests }) => sum + requests, 0), lastUsedAt };
    });
  }
}
