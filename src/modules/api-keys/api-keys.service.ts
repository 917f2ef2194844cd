import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import type { Permission } from '../../common/permissions.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type ApiKey, type IssuedApiKey, reachOf } from './api-key.js';
import { ApiKeyIssuanceService } from './api-key-issuance.service.js';
import { ApiKeyExpiryRequired, ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';
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
  /** Null or an empty text removes the description. */
  description?: string | null;
}

/** Creates, changes and revokes API keys. A key can do no more than its owner. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly issuance: ApiKeyIssuanceService,
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
      const { user, mayLast } = await this.issuance.lockOwner(tx, actor);
      // The session may have ended since the request was authenticated; the key would outlive it
      await this.sessions.assertOpen(tx, actor);
      const { expiresInDays = this.config.API_KEY_TTL_DAYS } = input;
      if (expiresInDays === null && !mayLast) throw new ApiKeyExpiryRequired();
      await this.issuance.assertBelowLimit(tx, user.id);
      const id = newId();
      await this.keys.insert(tx, {
        id,
        userId: user.id,
        name: input.name,
        description: input.description || null,
        scopes,
        allowedAddresses: input.allowedAddresses ?? [],
        ttlSeconds: expiresInDays === null ? null : expiresInDays * DAY_SECONDS,
      });
      const issued = await this.issuance.issueSecret(tx, actor, id);
      await this.record(tx, actor, 'api_key.created', id, { scopes });
      await this.notices.send(tx, user, 'api_key_created', actor.origin);
      return issued;
    });
  }

  /** Changes a key of the actor's own; throws ApiKeyNotFound for any other. */
  async update(actor: Actor, id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    const { tenant } = membershipOf(actor);
    const { name, description } = changes;
    return this.database.inTenant(tenant.id, async (tx) => {
      const changed = {
        id,
        userId: actor.userId,
        name,
        description: description === '' ? null : description,
      };
      if (!(await this.keys.update(tx, changed))) throw new ApiKeyNotFound();
      const fields = Object.keys(changes);
      if (fields.length > 0) await this.record(tx, actor, 'api_key.updated', id, { fields });
      const key = await this.keys.find(tx, reachOf(actor, 'apiKeys.view'), id);
      if (!key) throw new ApiKeyNotFound();
      return key;
    });
  }

  /**
   * Revokes the key on every instance at once, and notifies its owner. Idempotent: repeated and parallel calls change
   * nothing more and send no second notice. Throws ApiKeyNotFound for a key beyond the actor's reach.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const reach = reachOf(actor, 'apiKeys.delete');
    await this.database.inTenant(membershipOf(actor).tenant.id, async (tx) => {
      const owner = await this.keys.revoke(tx, reach, id);
      if (!owner) {
        if (!(await this.keys.isWithinReach(tx, reach, id))) throw new ApiKeyNotFound();
        return;
      }
      await this.record(tx, actor, 'api_key.revoked', id, { ownerId: owner.id });
      await this.notices.send(tx, owner, 'api_key_revoked', actor.origin);
    });
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
