import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf, NoActiveTenant } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Permission } from '../../common/permissions.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { type Notified, NoticesService } from '../messaging/notices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { type ApiKey, type IssuedApiKey, reachOf } from './api-key.js';
import { assertRoom, insertSecret, readKey } from './api-key-rows.js';
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
  /** At most MAX_API_KEY_DAYS; null for no end, where the tenant allows it; default API_KEY_TTL_DAYS. */
  expiresInDays?: number | null;
  /** Default: of the products' data, everything the owner holds now (DEFAULT_KEY_SCOPES). */
  scopes?: Permission[];
  /** Blocks in CIDR notation (`parseNetwork`); default: any address. */
  allowedAddresses?: string[];
}

export interface ApiKeyChanges {
  name?: string;
  /** Empty: none. */
  description?: string;
}

type Owner = Omit<Notified, 'id'> & { ownerId: string };

/** Keys for programs, made by people for themselves within what they may do. */
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
   * The answer is the only one that holds the key. Throws ScopeNotHeld, ApiKeyExpiryRequired, or ApiKeyLimitReached,
   * which parallel calls cannot get round.
   */
  async create(actor: Actor, input: NewApiKey): Promise<IssuedApiKey> {
    const { tenant, role } = membershipOf(actor);
    const scopes = grantScopes(input.scopes, role.permissions);
    return this.database.inTenant(tenant.id, async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      const [authority] = await tx.query<{ mayLast: boolean }[]>(LOCK_AUTHORITY, [tenant.id, actor.userId]);
      if (!user || !authority) throw new NoActiveTenant();
      // The key would go on where the session has ended
      await this.sessions.assertOpen(tx, actor);
      const { expiresInDays = this.config.API_KEY_TTL_DAYS } = input;
      if (expiresInDays === null && !authority.mayLast) throw new ApiKeyExpiryRequired();
      await assertRoom(tx, [tenant.id, user.id], this.config.MAX_API_KEYS_PER_USER);
      const [id, key] = [newId(), newKeyText()];
      await tx.query(INSERT_KEY, [
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

  /** One of the actor's own. Throws ApiKeyNotFound for anything else. */
  async update(actor: Actor, id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    const { tenant } = membershipOf(actor);
    const { name, description } = changes;
    return this.database.inTenant(tenant.id, async (tx) => {
      const values = [name ?? null, description !== undefined, description || null];
      const [rows] = await tx.query<[unknown[], number]>(UPDATE_KEY, [
        tenant.id,
        actor.userId,
        id,
        ...values,
      ]);
      if (rows.length === 0) throw new ApiKeyNotFound();
      const fields = Object.keys(changes);
      if (fields.length > 0) await this.record(tx, actor, 'api_key.updated', id, { fields });
      return readKey(tx, reachOf(actor, 'apiKeys.view'), id);
    });
  }

  /**
   * Dead on every instance at once. Of parallel calls one revokes and tells the owner; the others change nothing. Throws
   * ApiKeyNotFound for what is out of the actor's reach.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const reach = reachOf(actor, 'apiKeys.delete');
    await this.database.inTenant(reach[0], async (tx) => {
      const [[owner]] = await tx.query<[Owner[], number]>(REVOKE_KEY, [...reach, id]);
      if (!owner) {
        const known = await tx.query<unknown[]>(IS_WITHIN_REACH, [...reach, id]);
        if (known.length === 0) throw new ApiKeyNotFound();
        return;
      }
      await this.record(tx, actor, 'api_key.revoked', id, { ownerId: owner.ownerId });
      await this.notices.send(tx, { ...owner, id: owner.ownerId }, 'api_key_revoked', actor.origin);
    });
  }

  /** Every key of a person, in every tenant; whoever has the account now did not make them. */
  async revokeAll(tx: Tx, userId: string, origin: RequestOrigin): Promise<void> {
    const [revoked] = await tx.query<[{ id: string; tenantId: string }[], number]>(REVOKE_ALL, [userId]);
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
    tx: Tx,
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
