import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import { type ApiKey, reachOf } from './api-key.js';
import { readKey } from './api-key-rows.js';
import { READ_KEYS, READ_USAGE } from './api-keys.queries.js';

export interface ApiKeyListOptions {
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
  /** Only the actor's own, without those of members below them. */
  own?: boolean;
}

export interface ApiKeyUsage {
  /** Every day asked for, in UTC, the oldest first. */
  days: { date: string; requests: number }[];
  total: number;
  lastUsedAt: Date | null;
}

/**
 * Looks at keys: one's own in the active tenant and, with `apiKeys.view`, those that `reachOf` adds. Any other key is not
 * found. Revoked ones are gone, expired ones are not.
 */
@Injectable()
export class ApiKeyListService {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(actor: Actor, { limit, cursor, own = false }: ApiKeyListOptions): Promise<Page<ApiKey>> {
    const [tenantId, userId, level] = reachOf(actor, 'apiKeys.view');
    const reach = [tenantId, userId, own ? -1 : level];
    const keys = await this.database.inTenant(tenantId, (tx) =>
      tx.query<ApiKey[]>(READ_KEYS, [...reach, null, cursor ?? null, limit + 1]),
    );
    const data = keys.slice(0, limit);
    return { data, nextCursor: keys.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  async get(actor: Actor, id: string): Promise<ApiKey> {
    const reach = reachOf(actor, 'apiKeys.view');
    return this.database.inTenant(reach[0], (tx) => readKey(tx, reach, id));
  }

  /** What has been written down: at most API_KEY_USAGE_FLUSH_SECONDS behind. */
  async usage(actor: Actor, id: string, days: number): Promise<ApiKeyUsage> {
    const reach = reachOf(actor, 'apiKeys.view');
    return this.database.inTenant(reach[0], async (tx) => {
      const { lastUsedAt } = await readKey(tx, reach, id);
      const counted = await tx.query<ApiKeyUsage['days']>(READ_USAGE, [reach[0], id, days]);
      return { days: counted, total: counted.reduce((sum, { requests }) => sum + requests, 0), lastUsedAt };
    });
  }
}
