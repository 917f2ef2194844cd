import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { TenantNotFound } from '../tenants/tenants.errors.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { type Account, AccountsRepository } from './accounts.repository.js';

/** Finds the account and the tenant that somebody wants to sign in to. */
@Injectable()
export class AccountLookupService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * The active account that holds the identifier, verified or not, and the id of the requested tenant (null if none is
   * requested). Throws TenantNotFound for an unknown slug.
   */
  async find(
    identifier: Identifier,
    tenantSlug: string | undefined,
  ): Promise<{ account: Account | null; tenantId: string | null }> {
    const tenantId = tenantSlug === undefined ? null : await this.findTenant(tenantSlug);
    return { account: await this.accounts.find(identifier, tenantId), tenantId };
  }

  private async findTenant(slug: string): Promise<string> {
    const tenant = await this.tenants.findBySlug(slug);
    if (!tenant) throw new TenantNotFound();
    return tenant.id;
  }
}
