import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { v7 as newId } from 'uuid';
import { PRODUCTS } from '../../common/products/products.js';
import { isVisible } from '../../common/visible-text.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { MAX_OVERLAP_SECONDS } from '../api-keys/api-key-rotation.service.js';
import type { AuditAction } from '../audit/audit.service.js';
import { SERVICE_SCOPES } from '../service-accounts/client-scopes.js';
import type { IssuedServiceAccount, ServiceAccount } from '../service-accounts/service-account.js';
import { ServiceAccountIssuanceService } from '../service-accounts/service-account-issuance.service.js';
import { ServiceAccountNotFound } from '../service-accounts/service-accounts.errors.js';
import { ServiceAccountsRepository } from '../service-accounts/service-accounts.repository.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { ServiceAccountInputInvalid } from './operators.errors.js';

const MAX_NAME = 100;
const PAGE = { limit: 100, after: null };

/** The service accounts of products: each may ask about the callers of every tenant of its product. */
@Injectable()
export class ProductAccountsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: ServiceAccountsRepository,
    private readonly issuance: ServiceAccountIssuanceService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Only this result contains the secret. `name` is for operators. Throws ServiceAccountInputInvalid, ActNotExplained
   * or ServiceAccountLimitReached.
   */
  create(product: string, name: string, act: OperatorAct): Promise<IssuedServiceAccount> {
    assertProductExists(product);
    if (name.trim() === '' || name.length > MAX_NAME || !isVisible(name))
      throw new ServiceAccountInputInvalid(`Give a name of at most ${MAX_NAME} visible characters.`);
    const id = newId();
    return this.perform(id, product, 'service_account.created', act, async (tx) => {
      await this.accounts.lockProduct(tx, product);
      return this.issuance.create(tx, ownerOf(product), id, { name, scopes: [...SERVICE_SCOPES] });
    });
  }

  list(product: string): Promise<ServiceAccount[]> {
    return this.database.acrossTenants((tx) => this.accounts.list(tx, ownerOf(product), PAGE));
  }

  /** Throws ServiceAccountInputInvalid or ServiceAccountNotFound. */
  rotate(
    product: string,
    id: string,
    overlapSeconds: number,
    act: OperatorAct,
  ): Promise<IssuedServiceAccount> {
    if (!(overlapSeconds >= 0 && overlapSeconds <= MAX_OVERLAP_SECONDS))
      throw new ServiceAccountInputInvalid(`Give an overlap from 0 to ${MAX_OVERLAP_SECONDS} seconds.`);
    return this.perform(id, product, 'service_account.rotated', act, (tx) =>
      this.issuance.rotate(tx, ownerOf(product), id, overlapSeconds),
    );
  }

  /** Ends the account with its tokens, on every server at once. Throws ServiceAccountNotFound. */
  async revoke(product: string, id: string, act: OperatorAct): Promise<void> {
    await this.perform(id, product, 'service_account.revoked', act, async (tx) => {
      if (!(await this.accounts.revoke(tx, ownerOf(product), id))) throw new ServiceAccountNotFound();
    });
  }

  private perform<T>(
    id: string,
    product: string,
    action: AuditAction,
    act: OperatorAct,
    work: (tx: PeopleTransaction) => Promise<T>,
  ): Promise<T> {
    const why = explained(act);
    if (!isUuid(id)) throw new ServiceAccountNotFound();
    return this.database.acrossTenants(async (tx) => {
      const result = await work(tx);
      const target = { kind: 'service_account' as const, id };
      await this.trail.record(tx, why, { action, target, detail: { product } }, []);
      return result;
    });
  }
}

/** Not for what ends accounts: those of a product whose file is gone can be revoked. */
function assertProductExists(product: string): void {
  const keys = PRODUCTS.map(({ key }) => key);
  if (!keys.includes(product))
    throw new ServiceAccountInputInvalid(
      `Give a product of PRODUCTS_DIR (${keys.join(', ')}), such as --product katixo.`,
    );
}

const ownerOf = (product: string) => ({ tenantId: null, product });
