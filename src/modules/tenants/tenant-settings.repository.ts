import { Injectable } from '@nestjs/common';
import type { Metadata } from '../../common/metadata.js';
import type { SupportAccess } from '../../common/support-access.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { TenantEntity } from './entities/tenant.entity.js';

/** A tenant's own policies, within the server's configuration. */
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
  /** What operators may do in the place of members. */
  supportAccess: SupportAccess;
  /** How long its audit events of this kind are kept (`AuditMonths`). Null: as the server's setting says. */
  auditSignInsMonths: number | null;
  /** As `auditSignInsMonths`, of changes. */
  auditChangesMonths: number | null;
}

export interface TenantSettings {
  id: string;
  slug: string;
  name: string;
  businessType: string | null;
  policies: Policies;
  locale: string | null;
  timeZone: string | null;
  publicMetadata: Metadata;
  privateMetadata: Metadata;
  createdAt: Date;
}

/** Absent fields keep their values. */
export interface ChangedSettings {
  name?: string;
  /** The form of the new name in which names are compared. */
  nameKey?: string;
  businessType?: string | null;
  policies?: Partial<Policies>;
  locale?: string | null;
  timeZone?: string | null;
  publicMetadata?: Metadata;
  privateMetadata?: Metadata;
}

/** The name, the business type, the policies, the locale and the metadata of a tenant. */
@Injectable()
export class TenantSettingsRepository {
  async find(tx: TenantTransaction): Promise<TenantSettings | null> {
    const tenant = await tx.manager.findOneBy(TenantEntity, { id: tx.tenantId });
    if (!tenant) return null;
    const { id, slug, name, businessType, createdAt } = tenant;
    const { locale, timeZone, publicMetadata, privateMetadata } = tenant;
    const added = { locale, timeZone, publicMetadata, privateMetadata };
    return { id, slug, name, businessType, policies: policiesOf(tenant), ...added, createdAt };
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
    supportAccess: tenant.supportAccess,
    auditSignInsMonths: tenant.auditSignInsMonths,
    auditChangesMonths: tenant.auditChangesMonths,
  };
}
