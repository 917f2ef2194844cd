import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf, NoActiveTenant } from '../../common/actor.js';
import type { Permission } from '../../common/permissions.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService, type Notified } from '../messaging/notices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { type ApiKey, type IssuedApiKey, reachOf } from './api-key.js';
import { assertBelowLimit, insertSecret, readKey } from './api-key-rows.js';
import { ApiKeyExpiryRequired, ApiKeyNotFound } from './api-keys.errors.js';
import {
  INSERT_KEY,
  IS_WITHIN_REACH,
  LOCK_AUTHORITY,
  REVOKE_ALL,
  REVOKE_KEY,
  UPDATE_KEY,
} from './api-keys.queries.js';
import { newKeyText } from './key-text.js';
import { grantScopes } from './scopes.js';

export const MAX_API_KEY_DAYS = 3650;
const DAY_SECONDS = 86_400;

export interface NewApiKey {
  name: string;
  description?: string;
  /** At most MAX_API_KEY_DAYS; null for no expiry, if the tenant allows that; default API_KEY_TTL_DAYS. */
  expiresInDays?: number | null;
  /** Default: the scopes of DEFAULT_KEY_SCOPES for which the owner has the permission now. */
  scopes?: Permission[];
  /** CIDR blocks (`parseNetwork`); default: any address. */
  allowedAddresses?: string[];
}

export interface ApiKeyChanges {
  name?: string;
  /** An empty text removes the description. */
  description?: string;
}

type Owner = Omit<Notified, 'id'> & { ownerId: string };

/** Creates, changes and revokes API keys. A key can do no more than its owner. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Only this result contains the key's text. Throws NoActiveTenant, ScopeNotHeld, ApiKeyExpiryRequired or
   * ApiKeyLimitReached. The limit also binds parallel calls.
   */
  async create(actor: Actor, input: NewApiKey): Promise<IssuedApiKey> {
    const { tenant, role } = membershipOf(actor);
    const scopes = grantScopes(input.scopes, role.permissions);
    return this.database.inTenant(tenant.id, async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      const authority = await tx.one<{ mayLast: boolean }>(LOCK_AUTHORITY, [tenant.id, actor.userId]);
      if (!user || !authority) throw new NoActiveTenant();
      // The session may have ended since the request was authenticated; the key would outlive it
      await this.sessions.assertOpen(tx, actor);
      const { expiresInDays = this.config.API_KEY_TTL_DAYS } = input;
      if (expiresInDays === null && !authority.mayLast) throw new ApiKeyExpiryRequired();
      await assertBelowLimit(tx, [tenant.id, user.id], this.config.MAX_API_KEYS_PER_USER);
      const [id, key] = [newId(), newKeyText()];
      await tx.execute(INSERT_KEY, [
        id,
        tenant.id,
        user.id,
        input.name,
        input.description || null,
        scopes,
        input.allowedAddresses ?? [],
        expiresInDays === null ? null : expiresInDays * DAY_SECONDS,
      ]);
      await insertSecret(tx, id, key);
      await this.record(tx, actor, 'api_key.created', id, { scopes });
      await this.notices.send(tx, user, 'api_key_created', actor.origin);
      return { ...(await readKey(tx, reachOf(actor, 'apiKeys.view'), id)), key: key.text };
    });
  }

  /** Changes a key of the actor's own; throws ApiKeyNotFound for any other. */
  async update(actor: Actor, id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    const { tenant } = membershipOf(actor);
    const { name, description } = changes;
    return this.database.inTenant(tenant.id, async (tx) => {
      const values = [name ?? null, description !== undefined, description || null];
      const rows = await tx.many<object>(UPDATE_KEY, [tenant.id, actor.userId, id, ...values]);
      if (rows.length === 0) throw new ApiKeyNotFound();
      const fields = Object.keys(changes);
      if (fields.length > 0) await this.record(tx, actor, 'api_key.updated', id, { fields });
      return readKey(tx, reachOf(actor, 'apiKeys.view'), id);
    });
  }

  /**
   * Revokes the key on every instance at once, and notifies its owner. Idempotent: repeated and parallel calls change
   * nothing more and send no second notice. Throws ApiKeyNotFound for a key beyond the actor's reach.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const reach = reachOf(actor, 'apiKeys.delete');
    await this.database.inTenant(reach[0], async (tx) => {
      const [owner] = await tx.many<Owner>(REVOKE_KEY, [...reach, id]);
      if (!owner) {
        const known = await tx.many<object>(IS_WITHIN_REACH, [...reach, id]);
        if (known.length === 0) throw new ApiKeyNotFound();
        return;
      }
      await this.record(tx, actor, 'api_key.revoked', id, { ownerId: owner.ownerId });
      await this.notices.send(tx, { ...owner, id: owner.ownerId }, 'api_key_revoked', actor.origin);
    });
  }

  /** Revokes every key of the user, in every tenant: after a takeover, the account's new owner did not create them. */
  async revokeAll(tx: Transaction, userId: string, origin: RequestOrigin): Promise<void> {
    const revoked = await tx.many<{ id: string; tenantId: string }>(REVOKE_ALL, [userId]);
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

  private record(
    tx: Transaction,
    actor: Actor,
    action: 'api_key.created' | 'api_key.updated' | 'api_key.revoked',
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(tx, actor.origin, {
      action,
      tenantId: membershipOf(actor).tenant.id,
      actorId: actor.userId,
      target: { kind: 'api_key', id },
      detail,
    });
  }
}
