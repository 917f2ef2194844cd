import { Inject, Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import {
  ApiKeysOfPersonRepository,
  type KeptKey,
  type RevokedApiKey,
} from './api-keys-of-person.repository.js';

const DAY_SECONDS = 86_400;

/**
 * Revokes the API keys of one person, in every tenant. The caller must hold the lock on the user, so that no key is
 * created concurrently.
 */
@Injectable()
export class ApiKeyRevocationService {
  constructor(
    private readonly keys: ApiKeysOfPersonRepository,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Revokes every key. Records nothing: the caller's own event counts them. */
  async revokeAll(tx: Transaction, userId: string): Promise<void> {
    await this.keys.revoke(tx, userId);
  }

  /** As `revokeAll`, and records each key: after a takeover, the account's new owner did not create them. */
  async revokeForeign(tx: Transaction, userId: string, origin: RequestOrigin): Promise<void> {
    await this.record(tx, userId, await this.keys.revoke(tx, userId), origin);
  }

  /**
   * Revokes the keys that were created or rotated within RECOVERY_REVOKES_API_KEYS_DAYS before a recovery, and records
   * each: somebody else may have used the account, and may have their secrets.
   */
  async revokeRecent(tx: Transaction, userId: string, origin: RequestOrigin): Promise<void> {
    const seconds = this.config.RECOVERY_REVOKES_API_KEYS_DAYS * DAY_SECONDS;
    await this.record(tx, userId, await this.keys.revoke(tx, userId, seconds), origin);
  }

  /** Revokes one key of anybody. Records nothing. Returns whose it was; null if it does not work. */
  revokeOne(tx: Transaction, keyId: string): Promise<(RevokedApiKey & { userId: string }) | null> {
    return this.keys.revokeOne(tx, keyId);
  }

  /** The keys that work, oldest first. */
  listLive(tx: Transaction, userId: string): Promise<KeptKey[]> {
    return this.keys.listLive(tx, userId);
  }

  private async record(
    tx: Transaction,
    userId: string,
    revoked: RevokedApiKey[],
    origin: RequestOrigin,
  ): Promise<void> {
    for (const { id, tenantId } of revoked) {
      await this.audit.record(tx, origin, {
        action: 'api_key.revoked',
        tenantId,
        actorId: userId,
        target: { kind: 'api_key', id },
        detail: { reason: 'account_recovered' },
      });
    }
  }
}
