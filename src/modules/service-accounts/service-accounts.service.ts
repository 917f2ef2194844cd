import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { holds, KEY_SCOPES, type PermissionMap } from '../../common/permissions.js';
import { NotChangeable } from '../../common/validation-failed.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { grantClientScopes } from './client-scopes.js';
import type {
  AccountOwner,
  IssuedServiceAccount,
  NewServiceAccount,
  ServiceAccount,
  ServiceAccountChanges,
} from './service-account.js';
import { ServiceAccountIssuanceService } from './service-account-issuance.service.js';
import { ServiceAccountBeyondActor, ServiceAccountNotFound } from './service-accounts.errors.js';
import { ServiceAccountsRepository } from './service-accounts.repository.js';

/** Of a tenant whose product nobody knows. */
const DEFAULT_PRODUCT = 'primary';

/** The service accounts of the actor's tenant. They belong to the tenant: they stay when their creator leaves. */
@Injectable()
export class ServiceAccountsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: ServiceAccountsRepository,
    private readonly issuance: ServiceAccountIssuanceService,
    private readonly authority: MemberAuthorityService,
    private readonly audit: AuditService,
  ) {}

  /** In order of creation. */
  list(actor: Actor, page: PageRequest): Promise<Page<ServiceAccount>> {
    return this.inTenant(actor, async (tx, owner) => toPage(await this.accounts.list(tx, owner, page), page));
  }

  /** Throws ServiceAccountNotFound. */
  get(actor: Actor, id: string): Promise<ServiceAccount> {
    return this.inTenant(actor, (tx, owner) => this.find(tx, owner, id));
  }

  /**
   * Only this result contains the secret. Throws ScopeNotHeld for more than the actor holds under the lock, and
   * ServiceAccountLimitReached; the limit also binds parallel calls.
   */
  create(actor: Actor, input: NewServiceAccount): Promise<IssuedServiceAccount> {
    return this.inTenant(actor, async (tx, owner) => {
      const { permissions } = await this.authority.lock(tx, actor, 'apiKeys.create');
      const scopes = grantClientScopes(input.scopes, permissions);
      const id = newId();
      const issued = await this.issuance.create(tx, owner, id, { ...input, scopes });
      await this.record(tx, actor, 'service_account.created', id, { scopes });
      return issued;
    });
  }

  /**
   * Throws ServiceAccountNotFound or NotChangeable, and ServiceAccountBeyondActor for new keys. An account with a secret
   * ignores new keys.
   */
  update(actor: Actor, id: string, { name, publicKeys }: ServiceAccountChanges): Promise<ServiceAccount> {
    return this.inTenant(actor, async (tx, owner) => {
      const { permissions } = await this.authority.lock(tx, actor, 'apiKeys.edit');
      const account = await this.find(tx, owner, id);
      if (publicKeys === null && account.publicKeys !== null)
        throw new NotChangeable('#/jwks', 'cannot be removed');
      if (publicKeys) assertWithin(account, permissions);
      const changes = { name, publicKeys: publicKeys ?? undefined };
      if (!(await this.accounts.update(tx, owner, id, changes))) throw new ServiceAccountNotFound();
      const fields = Object.keys(changes).filter((name) => changes[name as 'name'] !== undefined);
      if (fields.length > 0) await this.record(tx, actor, 'service_account.updated', id, { fields });
      return this.find(tx, owner, id);
    });
  }

  /**
   * The present secret stays valid for the overlap, older ones end at once. Throws ServiceAccountNotFound,
   * ServiceAccountBeyondActor or ServiceAccountWithoutSecret.
   */
  rotate(actor: Actor, id: string, overlapSeconds?: number): Promise<IssuedServiceAccount> {
    return this.inTenant(actor, async (tx, owner) => {
      const { permissions } = await this.authority.lock(tx, actor, 'apiKeys.edit');
      assertWithin(await this.find(tx, owner, id), permissions);
      const issued = await this.issuance.rotate(tx, owner, id, overlapSeconds);
      await this.record(tx, actor, 'service_account.rotated', id, {});
      return issued;
    });
  }

  /** Ends the account with its secrets and tokens, on every instance at once. Throws ServiceAccountNotFound. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.inTenant(actor, async (tx, owner) => {
      await this.authority.lock(tx, actor, 'apiKeys.delete');
      if (!(await this.accounts.revoke(tx, owner, id))) throw new ServiceAccountNotFound();
      await this.record(tx, actor, 'service_account.revoked', id, {});
    });
  }

  private async find(tx: TenantTransaction, owner: AccountOwner, id: string): Promise<ServiceAccount> {
    const account = await this.accounts.find(tx, owner, id);
    if (!account) throw new ServiceAccountNotFound();
    return account;
  }

  private inTenant<T>(
    actor: Actor,
    work: (tx: TenantTransaction, owner: AccountOwner) => Promise<T>,
  ): Promise<T> {
    const { id: tenantId, product } = membershipOf(actor).tenant;
    const owner = { tenantId, product: product ?? DEFAULT_PRODUCT };
    return this.database.inTenant(tenantId, (tx) => work(tx, owner));
  }

  private record(
    tx: TenantTransaction,
    actor: Actor,
    action: AuditAction,
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(tx, actor.origin, {
      action,
      tenantId: tx.tenantId,
      actorId: actor.userId,
      target: { kind: 'service_account', id },
      detail,
    });
  }
}

/** Whoever chooses the credential of an account can act as it, so they must hold what it may do. */
function assertWithin({ scopes }: ServiceAccount, held: PermissionMap): void {
  const beyond = KEY_SCOPES.filter((scope) => scopes.includes(scope) && !holds(held, scope));
  if (beyond.length > 0) throw new ServiceAccountBeyondActor(beyond);
}
