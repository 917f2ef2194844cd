import { Injectable } from '@nestjs/common';
import { companyNameKey, slugify } from '../../common/identifiers.js';
import type { PermissionMap } from '../../common/permissions.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { ImportedTenantsRepository } from './imported-tenants.repository.js';
import { ROLE_TEMPLATES, type RoleTemplateName } from './role-templates.js';
import { RolesRepository } from './roles.repository.js';
import { freeSlug, TenantsRepository } from './tenants.repository.js';

export interface ImportedTenant {
  externalId: string;
  name: string;
  /** Default: made of the name, and of a number where another tenant has it. */
  slug?: string;
  businessType?: string;
  template?: RoleTemplateName;
  status?: 'active' | 'suspended';
  requireTwoFactor?: boolean;
  allowTrustedDevices?: boolean;
  roles?: { key: string; name: string; level: number; permissions: PermissionMap }[];
}

/** Creates tenants that come from another system: without members, and with equal names if they have such. */
@Injectable()
export class ImportedTenantsService {
  constructor(
    private readonly imported: ImportedTenantsRepository,
    private readonly tenants: TenantsRepository,
    private readonly roles: RolesRepository,
  ) {}

  /** Returns the tenant's id, or null if another tenant has the slug that was given. The external id must be new. */
  async create(
    tx: PeopleTransaction,
    input: ImportedTenant,
    newId: (kind: 'tenant' | 'role', ...names: string[]) => string,
  ): Promise<string | null> {
    const {
      externalId,
      name,
      businessType = null,
      status = 'active',
      requireTwoFactor = false,
      allowTrustedDevices = false,
    } = input;
    const id = newId('tenant', externalId);
    const tenant = {
      id,
      slug: input.slug ?? slugify(name),
      name,
      nameKey: companyNameKey(name),
      businessType,
      product: input.template ?? null,
    };
    while (!(await this.tenants.insert(tx, tenant))) {
      if (input.slug !== undefined) return null;
      tenant.slug = await freeSlug(tx, this.tenants, slugify(name));
    }
    const policy = { id, externalId, status, requireTwoFactor, allowTrustedDevices };
    if (!(await this.imported.complete(tx, policy))) throw new Error('Another tenant has the external id');
    const roles = [...(input.template ? ROLE_TEMPLATES[input.template] : []), ...(input.roles ?? [])];
    await this.roles.insertAll(
      tx.forTenant(id),
      roles.map((role) => ({ id: newId('role', externalId, role.key), ...role })),
    );
    return id;
  }
}
