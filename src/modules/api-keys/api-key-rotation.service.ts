import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf, NoActiveTenant } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { UsersService } from '../users/users.service.js';
import { type IssuedApiKey, reachOf } from './api-key.js';
import { assertBelowLimit, insertSecret, readKey } from './api-key-rows.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import {
  DROP_OLDER_SECRETS,
  LOCK_AUTHORITY,
  LOCK_OWN_KEY,
  RENEW_KEY,
  RETIRE_SECRET,
} from './api-keys.queries.js';
import { newKeyText } from './key-text.js';

export const MAX_OVERLAP_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;

/** Rotates the secret of a key, with an overlap in which the old secret still works. */
@Injectable()
export class ApiKeyRotationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
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
      const user = await this.users.lock(tx, actor.userId);
      const authority = await tx.one<{ mayLast: boolean }>(LOCK_AUTHORITY, [tenant.id, actor.userId]);
      if (!user || !authority) throw new NoActiveTenant();
      const lifetimeSeconds = await this.lockLifetime(tx, actor, id, authority.mayLast);
      await assertBelowLimit(tx, [tenant.id, user.id], this.config.MAX_API_KEYS_PER_USER, id);
      const key = newKeyText();
      await tx.execute(DROP_OLDER_SECRETS, [tenant.id, id]);
      await tx.execute(RETIRE_SECRET, [tenant.id, id, overlap]);
      await insertSecret(tx, id, key);
      await tx.execute(RENEW_KEY, [tenant.id, id, lifetimeSeconds]);
      await this.audit.record(tx, actor.origin, {
        action: 'api_key.rotated',
        tenantId: tenant.id,
        actorId: user.id,
        target: { kind: 'api_key', id },
        detail: { overlapSeconds: overlap },
      });
      await this.notices.send(tx, user, 'api_key_rotated', actor.origin);
      return { ...(await readKey(tx, reachOf(actor, 'apiKeys.view'), id)), key: key.text };
    });
  }

  /**
   * Seconds; null for no expiry. A key without expiry gets the default lifetime if the tenant no longer allows that.
   */
  private async lockLifetime(
    tx: Transaction,
    actor: Actor,
    id: string,
    mayLast: boolean,
  ): Promise<number | null> {
    const key = await tx.one<{ lifetimeSeconds: number | null }>(LOCK_OWN_KEY, [
      membershipOf(actor).tenant.id,
      actor.userId,
      id,
    ]);
    if (!key) throw new ApiKeyNotFound();
    return key.lifetimeSeconds ?? (mayLast ? null : this.config.API_KEY_TTL_DAYS * DAY_SECONDS);
  }
}
