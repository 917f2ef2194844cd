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

  /** The id of the requested tenant; null if none is requested. Throws TenantNotFound for an unknown slug. */
  async findTenant(slug: string | undefined): Promise<string | null> {
    if (slug === undefined) return null;
    const tenant = await this.tenants.findBySlug(slug);
    if (!tenant) throw new TenantNotFound();
    return tenant.id;
  }

  /** As `AccountsRepository.reserveAttempt`. */
  reserveAttempt(identifier: Identifier, tenantId: string | null, address: string): Promise<Account | null> {
    return this.accounts.reserveAttempt(identifier, tenantId, address);
  }
}
