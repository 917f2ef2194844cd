import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import type { TenantReads } from '../../database/transaction.js';
import { type ApiKey, ownReach, reachOf } from './api-key.js';
import { ApiKeyUsageRepository, type UsageDay } from './api-key-usage.repository.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';

export interface ApiKeyListOptions {
  limit: number;
  /** `nextCursor` of the previous page. */
  cursor?: string;
  /** Only the actor's own keys, without those of other members. */
  own?: boolean;
}

export interface ApiKeyUsage {
  /** One entry for each requested day, in UTC, oldest first; also for days without requests. */
  days: UsageDay[];
  total: number;
  lastUsedAt: Date | null;
}

/**
 * Reads the keys that the actor may see in the active tenant (`reachOf` with `apiKeys.view`). Includes expired keys,
 * not revoked ones.
 */
@Injectable()
export class ApiKeyListService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly uses: ApiKeyUsageRepository,
  ) {}

  /** Newest first. */
  async list(actor: Actor, { limit, cursor, own = false }: ApiKeyListOptions): Promise<Page<ApiKey>> {
    const reach = own ? ownReach(actor) : reachOf(actor, 'apiKeys.view');
    const keyPage = { after: cursor ?? null, limit: limit + 1 };
    const keys = await this.keys.list(this.readsOf(actor), reach, keyPage);
    const data = keys.slice(0, limit);
    return { data, nextCursor: keys.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  /** Throws ApiKeyNotFound. */
  get(actor: Actor, id: string): Promise<ApiKey> {
    return this.find(this.readsOf(actor), actor, id);
  }

  /** The counts are up to API_KEY_USAGE_FLUSH_SECONDS old. Throws ApiKeyNotFound. */
  async usage(actor: Actor, id: string, days: number): Promise<ApiKeyUsage> {
    const reads = this.readsOf(actor);
    const { lastUsedAt } = await this.find(reads, actor, id);
    const counted = await this.uses.list(reads, id, days);
    return { days: counted, total: counted.reduce((sum, { requests }) => sum + requests, 0), lastUsedAt };
  }

  private async find(tx: TenantReads, actor: Actor, id: string): Promise<ApiKey> {
    const key = await this.keys.find(tx, reachOf(actor, 'apiKeys.view'), id);
    if (!key) throw new ApiKeyNotFound();
    return key;
  }

  private readsOf(actor: Actor): TenantReads {
    return this.database.readsOf(membershipOf(actor).tenant.id);
  }
}
