import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import { TenantEntity } from './entities/tenant.entity.js';

/** A tenant's own policies. They can only be stricter than the server's configuration. */
export interface Policies {
  requireTwoFactor: boolean;
  trustedDevices: boolean;
  apiKeysWithoutExpiry: boolean;
  /** Null: the server's limit, which is also the maximum. */
  sessionLifetimeSeconds: number | null;
  /** In canonical form; if empty, any domain may be invited. */
  invitationDomains: string[];
  /** SMS in 24 hours. Null: the server's budget, which is also the maximum. */
  smsDailyBudget: number | null;
}

export interface TenantSettings {
  id: string;
  slug: string;
  name: string;
  businessType: string | null;
  policies: Policies;
  createdAt: Date;
}

/** Absent fields keep their values. */
export interface ChangedSettings {
  name?: string;
  /** The form of the new name in which names are compared. */
  nameKey?: string;
  businessType?: string;
  policies?: Partial<Policies>;
}

/** The name, the business type and the policies of a tenant. */
@Injectable()
export class TenantSettingsRepository {
  async find(tx: TenantTransaction): Promise<TenantSettings | null> {
    const tenant = await tx.manager.findOneBy(TenantEntity, { id: tx.tenantId });
    if (!tenant) return null;
    const { id, slug, name, businessType, createdAt } = tenant;
    return { id, slug, name, businessType, policies: policiesOf(tenant), createdAt };
  }

  async update(tx: TenantTransaction, { policies = {}, ...own }: ChangedSettings): Promise<void> {
    const { trustedDevices, apiKeysWithoutExpiry, ...rest } = policies;
    await tx.manager.update(
      TenantEntity,
      { id: tx.tenantId },
      {
        ...own,
        ...rest,
        allowTrustedDevices: trustedDevices,
        allowKeysWithoutExpiry: apiKeysWithoutExpiry,
        updatedAt: () => 'now()',
      },
    );
  }
}

function policiesOf(tenant: TenantEntity): Policies {
  return {
    requireTwoFactor: tenant.requireTwoFactor,
    trustedDevices: tenant.allowTrustedDevices,
    apiKeysWithoutExpiry: tenant.allowKeysWithoutExpiry,
    sessionLifetimeSeconds: tenant.sessionLifetimeSeconds,
    invitationDomains: tenant.invitationDomains,
    smsDailyBudget: tenant.smsDailyBudget,
  };
}
