import { Inject, Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { FIND_LIVE_KEYS, REVOKE_RECENT } from './api-keys.queries.js';

/** What identifies a key to its owner. */
export interface KeptKey {
  name: string;
  prefix: string;
}

const DAY_SECONDS = 86_400;

/** Revokes API keys after an account recovery: somebody else may have used the account before. */
@Injectable()
export class ApiKeyRecoveryService {
  constructor(
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Revokes, in every tenant, the keys that were created or rotated within RECOVERY_REVOKES_API_KEYS_DAYS: an attacker
   * may have their secrets. Returns the keys that still work. The caller must hold the lock on the user, so that no key
   * is created concurrently.
   */
  async revokeRecent(tx: Transaction, userId: string, origin: RequestOrigin): Promise<KeptKey[]> {
    const seconds = this.config.RECOVERY_REVOKES_API_KEYS_DAYS * DAY_SECONDS;
    const revoked = await tx.many<{ id: string; tenantId: string }>(REVOKE_RECENT, [userId, seconds]);
    for (const { id, tenantId } of revoked) {
      await this.audit.record(tx, origin, {
        action: 'api_key.revoked',
        tenantId,
        actorId: userId,
        target: { kind: 'api_key', id },
        detail: { reason: 'account_recovered' },
      });
    }
    return tx.many<KeptKey>(FIND_LIVE_KEYS, [userId]);
  }
}
