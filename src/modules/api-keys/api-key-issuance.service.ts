import { Inject, Injectable } from '@nestjs/common';
import { type Actor, NoActiveTenant } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { noteContents } from '../idempotency/running-request.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { type IssuedApiKey, reachOf } from './api-key.js';
import { ApiKeySecretsRepository } from './api-key-secrets.repository.js';
import { ApiKeyLimitReached, ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysRepository, type KeyAuthority } from './api-keys.repository.js';
import { newKeyText } from './key-text.js';

/** The steps that the creation and the rotation of a key share. */
@Injectable()
export class ApiKeyIssuanceService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly secrets: ApiKeySecretsRepository,
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Locks the user, and the membership against deletion. Throws NoActiveTenant. */
  async lockOwner(tx: TenantTransaction, { userId }: Actor): Promise<KeyAuthority & { user: UserEntity }> {
    const user = await this.users.lock(tx, userId);
    const authority = await this.keys.lockAuthority(tx, userId);
    if (!user || !authority) throw new NoActiveTenant();
    return { ...authority, user };
  }

  /**
   * Throws ApiKeyLimitReached if the owner has MAX_API_KEYS_PER_USER live keys in the tenant, not counting `exceptId`.
   * Call it after `lockOwner`: the count then stays valid until the commit.
   */
  async assertBelowLimit(
    tx: TenantTransaction,
    userId: string,
    exceptId: string | null = null,
  ): Promise<void> {
    const live = await this.keys.countLive(tx, { userId, exceptId });
    if (live >= this.config.MAX_API_KEYS_PER_USER) throw new ApiKeyLimitReached();
  }

  /** Gives the key a new secret. Only this result contains its text. */
  async issueSecret(tx: TenantTransaction, actor: Actor, id: string): Promise<IssuedApiKey> {
    const secret = newKeyText();
    await this.secrets.insert(tx, id, secret);
    noteContents({ apiKeySecret: secret.hash });
    const key = await this.keys.find(tx, reachOf(actor, 'apiKeys.view'), id);
    if (!key) throw new ApiKeyNotFound();
    return { ...key, key: secret.text };
  }
}
