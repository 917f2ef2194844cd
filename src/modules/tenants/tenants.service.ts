import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { companyNameKey, slugify } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MembershipsService } from './memberships.service.js';
import { ROLE_TEMPLATES, type RoleTemplateName } from './role-templates.js';
import { CompanyNameTaken } from './tenants.errors.js';

export interface Tenant {
  id: string;
  slug: string;
  name: string;
}

/** If another tenant has the same name: `refuse` throws CompanyNameTaken, `allow` creates another one. */
export type NameConflict = 'refuse' | 'allow';

/** Keeps a numbered slug within the 64 characters that a sign-in request accepts. */
const MAX_NUMBERED_STEM = 56;

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

/** $1 user. Every lock of several tenants is taken in this order, so that none deadlock. */
const LOCK_TENANTS_OF = `
  SELECT t.id FROM tenants t WHERE t.id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/** One creation of a tenant with this name at a time, until its transaction ends. */
const LOCK_NAME = `SELECT pg_advisory_xact_lock(hashtextextended('tenant-name:' || $1, 0))`;
const FIND_NAME = 'SELECT FROM tenants WHERE name_key = $1 LIMIT 1';

/** Creates, locks and finds tenants. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsService,
    private readonly audit: AuditService,
  ) {}

  /** Creates the tenant with its template's roles and its first member. Throws CompanyNameTaken. */
  async create(tx: PeopleTransaction, input: CreateTenantInput, origin: RequestOrigin): Promise<Tenant> {
    const tenant = await this.insert(tx, input);
    const roles = ROLE_TEMPLATES[input.template].map((role) => ({ id: newId(), ...role }));
    await tx.execute(
      `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
       SELECT id, $1, key, name, level, permissions
       FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, key text, name text, level int, permissions jsonb)`,
      [tenant.id, JSON.stringify(roles)],
    );
    const [creatorRole] = roles;
    if (!creatorRole) throw new Error(`The template ${input.template} has no roles`);
    const placement = { roleId: creatorRole.id, departmentId: null, teamIds: [] };
    await this.memberships.join(tx.forTenant(tenant.id), input.creatorId, placement);
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
  async lock(tx: TenantTransaction): Promise<boolean> {
    const rows = await tx.many<object>('SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE', [
      tx.tenantId,
    ]);
    return rows.length > 0;
  }

  /** As `lock`, for all tenants of a person. Call it before taking any other lock. Returns the ids of the tenants. */
  async lockAllOf(tx: Transaction, userId: string): Promise<string[]> {
    const rows = await tx.many<{ id: string }>(LOCK_TENANTS_OF, [userId]);
    return rows.map(({ id }) => id);
  }

  /** Slugs are public: callers may disclose whether one exists. */
  async findBySlug(slug: string): Promise<Tenant | null> {
    const [tenant] = await this.database.autocommitAcrossTenants.many<Tenant>(
      { name: 'find-tenant-by-slug', text: 'SELECT id, slug, name FROM tenants WHERE slug = $1' },
      [slug],
    );
    return tenant ?? null;
  }

  /** Safe in parallel: each tenant gets its own slug (`acme-corp-2`), and of calls that refuse an equal name one succeeds. */
  private async insert(tx: Transaction, input: CreateTenantInput): Promise<Tenant> {
    const base = slugify(input.name);
    const nameKey = companyNameKey(input.name);
    const tenant = { id: newId(), slug: base, name: input.name };
    await tx.execute(LOCK_NAME, [nameKey]);
    if (input.sameName !== 'allow' && (await tx.many<object>(FIND_NAME, [nameKey])).length > 0) {
      throw new CompanyNameTaken(input.field ?? 'companyName');
    }
    for (;;) {
      const inserted = await tx.many<object>(
        `INSERT INTO tenants (id, slug, name, name_key, business_type) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (slug) DO NOTHING RETURNING 1`,
        [tenant.id, tenant.slug, tenant.name, nameKey, input.businessType ?? null],
      );
      if (inserted.length > 0) return tenant;
      tenant.slug = await this.nextFreeSlug(tx, base);
    }
  }

  private async nextFreeSlug(tx: Transaction, base: string): Promise<string> {
    const stem = base.slice(0, MAX_NUMBERED_STEM).replace(/-+$/, '');
    const free = await tx.one<{ slug: string }>(
      `SELECT slug FROM (SELECT $1 || '-' || generate_series(2, 1000000) AS slug) AS candidates
       WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.slug = candidates.slug) LIMIT 1`,
      [stem],
    );
    if (!free) throw new Error(`A million organisations are named ${stem}`);
    return free.slug;
  }
}
