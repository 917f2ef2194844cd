import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { IssuedApiKey } from './api-key.js';
import { ApiKeyIssuanceService } from './api-key-issuance.service.js';
import { ApiKeySecretsRepository } from './api-key-secrets.repository.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';

export const MAX_OVERLAP_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;

/** Rotates the secret of a key, with an overlap in which the old secret still works. */
@Injectable()
export class ApiKeyRotationService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly secrets: ApiKeySecretsRepository,
    private readonly issuance: ApiKeyIssuanceService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Gives a key of the actor's own a new secret. The current secret stays valid for `overlapSeconds` (0 to
   * MAX_OVERLAP_SECONDS), but not longer than the key was valid; older ones are deleted at once, so that no more than
   * two are valid at a time. The key's lifetime starts anew. Throws NoActiveTenant, ApiKeyNotFound for a key that is
   * not the actor's own, and ApiKeyLimitReached if the rotation would revive an expired key beyond the limit.
   */
  async rotate(actor: Actor, id: string, overlapSeconds?: number): Promise<IssuedApiKey> {
    const { tenant } = membershipOf(actor);
    const overlap = overlapSeconds ?? this.config.API_KEY_ROTATION_OVERLAP_SECONDS;
    return this.database.inTenant(tenant.id, async (tx) => {
      const { user, mayLast } = await this.issuance.lockOwner(tx, actor);
      const lifetimeSeconds = await this.lockLifetime(tx, { id, userId: user.id, mayLast });
      await this.issuance.assertBelowLimit(tx, user.id, id);
      await this.secrets.deleteOlder(tx, id);
      // Before the renewal: the old secret ends no later than the key would have
      await this.secrets.retire(tx, id, overlap);
      await this.keys.renew(tx, id, lifetimeSeconds);
      const issued = await this.issuance.issueSecret(tx, actor, id);
      await this.audit.record(tx, actor.origin, {
        action: 'api_key.rotated',
        tenantId: tenant.id,
        actorId: user.id,
        target: { kind: 'api_key', id },
        detail: { overlapSeconds: overlap },
      });
      await this.notices.send(tx, user, 'api_key_rotated', actor.origin);
      return issued;
    });
  }

  /**
   * Seconds; null for no expiry. A key without expiry gets the default lifetime if the tenant no longer allows that.
   */
  private async lockLifetime(
    tx: TenantTransaction,
    { id, userId, mayLast }: { id: string; userId: string; mayLast: boolean },
  ): Promise<number | null> {
    const key = await this.keys.lockOwn(tx, { id, userId });
    if (!key) throw new ApiKeyNotFound();
    return key.lifetimeSeconds ?? (mayLast ? null : this.config.API_KEY_TTL_DAYS * DAY_SECONDS);
  }
}
