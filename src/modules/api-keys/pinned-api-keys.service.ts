import { Injectable } from '@nestjs/common';
import type { Permission } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { ApiKeySecretsRepository } from './api-key-secrets.repository.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { keyTextOf } from './key-text.js';

const DAY_SECONDS = 86_400;

export interface PinnedApiKey {
  id: string;
  /** A member of the tenant. */
  userId: string;
  name: string;
  scopes: Permission[];
  text: string;
  expiresInDays: number | null;
}

/** Stores keys whose text somebody else has chosen: for ephemeral servers only. */
@Injectable()
export class PinnedApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly secrets: ApiKeySecretsRepository,
  ) {}

  async insert(tx: TenantTransaction, { text, expiresInDays, ...key }: PinnedApiKey): Promise<void> {
    const ttlSeconds = expiresInDays === null ? null : expiresInDays * DAY_SECONDS;
    await this.keys.insert(tx, { ...key, description: null, allowedAddresses: [], ttlSeconds });
    await this.secrets.insert(tx, key.id, keyTextOf(text));
  }
}
