import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { companyNameKey, slugify } from '../../common/identifiers.js';
import type { Product } from '../../common/products/product.js';
import { productAt, productOf } from '../../common/products/products.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MembershipsService } from './memberships.service.js';
import { ROLE_TEMPLATES, type RoleTemplateName } from './role-templates.js';
import { RolesRepository } from './roles.repository.js';
import { CompanyNameTaken } from './tenants.errors.js';
import { freeSlug, type Tenant, TenantsRepository } from './tenants.repository.js';

/** If another tenant has the same name: `refuse` throws CompanyNameTaken, `allow` creates another one. */
export type NameConflict = 'refuse' | 'allow';

export interface CreateTenantInput {
  name: string;
  businessType?: string;
  template: RoleTemplateName;
  /** Default: refuse. */
  sameName?: NameConflict;
  /** The request member with the name, for the error response. */
  field?: 'companyName' | 'name';
  /** The user who becomes the first member, with the template's first role. */
  creatorId: string;
}

/** Creates, locks and finds tenants. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly roles: RolesRepository,
    private readonly memberships: MembershipsService,
    private readonly audit: AuditService,
  ) {}

  /** Creates the tenant with its product's roles and its first member. Throws CompanyNameTaken. */
  async create(tx: PeopleTransaction, input: CreateTenantInput, origin: RequestOrigin): Promise<Tenant> {
    const product = this.productOf(input, origin);
    const tenant = await this.insert(tx, input, product);
    const roles = (ROLE_TEMPLATES[product.key] ?? []).map((role) => ({ id: newId(), ...role }));
    const inside = tx.forTenant(tenant.id);
    await this.roles.insertAll(inside, roles);
    const [creatorRole] = roles;
    if (!creatorRole) throw new Error(`The product ${product.key} has no roles`);
    const placement = { roleId: creatorRole.id, departmentId: null, teamIds: [] };
    await this.memberships.join(inside, input.creatorId, placement);
    await this.audit.record(tx, origin, {
      action: 'tenant.created',
      tenantId: tenant.id,
      actorId: input.creatorId,
      target: { kind: 'tenant', id: tenant.id },
    });
    return tenant;
  }

  /**
   * Locks the tenant until the transaction ends. Every change that could remove the tenant's last owner must take this
   * lock first: such changes are then serialised. Returns false if the tenant does not exist.
   */
  lock(tx: TenantTransaction): Promise<boolean> {
    return this.tenants.lock(tx);
  }

  /** As `lock`, for all tenants of a person. Call it before taking any other lock. Returns the ids of the tenants. */
  lockAllOf(tx: Transaction, userId: string): Promise<string[]> {
    return this.tenants.lockAllOf(tx, userId);
  }

  /** The product in which this request creates a tenant: the one at its path, if that speaks the contract. */
  productOf({ template }: Pick<CreateTenantInput, 'template'>, { path }: RequestOrigin): Product {
    return productOf(template, path === undefined ? null : productAt(path)?.key);
  }

  /** Slugs are public: callers may disclose whether one exists. */
  findBySlug(slug: string): Promise<Tenant | null> {
    return this.tenants.findBySlug(slug);
  }

  /** Safe in parallel: each tenant gets its own slug (`acme-corp-2`), and of calls that refuse an equal name one succeeds. */
  private async insert(tx: Transaction, input: CreateTenantInput, { key }: Product): Promise<Tenant> {
    const base = slugify(input.name);
    const { name, businessType = null } = input;
    const nameKey = companyNameKey(name);
    const tenant = { id: newId(), slug: base, name, product: key };
    await this.tenants.lockName(tx, nameKey);
    if (input.sameName !== 'allow' && (await this.tenants.isNameTaken(tx, nameKey))) {
      throw new CompanyNameTaken(input.field ?? 'companyName');
    }
    while (!(await this.tenants.insert(tx, { ...tenant, nameKey, businessType })))
      tenant.slug = await freeSlug(tx, this.tenants, base);
    return tenant;
  }
}
