import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { slugify } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { MembershipsService } from './memberships.service.js';
import { ROLE_TEMPLATES, type RoleTemplateName } from './role-templates.js';
import { CompanyNameTaken } from './tenants.errors.js';

export interface Tenant {
  id: string;
  slug: string;
  name: string;
}

/** What becomes of a slug that another tenant has: the name is refused, or the slug gets a number (`acme-corp-2`). */
export type SlugConflict = 'refuse' | 'number';

/** With its number, a slug stays within the 64 characters that a log-in takes. */
const MAX_NUMBERED_STEM = 56;

export interface CreateTenantInput {
  name: string;
  businessType?: string;
  template: RoleTemplateName;
  /** Default: refuse. */
  slug?: SlugConflict;
  /** The request member that held the name, for a refusal. */
  field?: 'companyName' | 'name';
  /** Becomes the first member, in the template's first role. */
  founderId: string;
}

/** $1 user. In the order in which everybody locks several tenants. */
const LOCK_TENANTS_OF = `
  SELECT t.id FROM tenants t WHERE t.id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/** Organisations and the roles they start with. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsService,
    private readonly audit: AuditService,
  ) {}

  /** Creates the tenant with its template's roles and its first member. Throws CompanyNameTaken for a refused slug. */
  async create(tx: Tx, input: CreateTenantInput, origin: RequestOrigin): Promise<Tenant> {
    const tenant = await this.insert(tx, input);
    const roles = ROLE_TEMPLATES[input.template].map((role) => ({ id: newId(), ...role }));
    await tx.query(
      `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
       SELECT id, $1, key, name, level, permissions
       FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, key text, name text, level int, permissions jsonb)`,
      [tenant.id, JSON.stringify(roles)],
    );
    const [founderRole] = roles;
    if (!founderRole) throw new Error(`The template ${input.template} has no roles`);
    const placement = { roleId: founderRole.id, departmentId: null, teamIds: [] };
    await this.memberships.join(tx, tenant.id, input.founderId, placement);
    await this.audit.record(tx, origin, {
      action: 'tenant.created',
      tenantId: tenant.id,
      actorId: input.founderId,
      target: { kind: 'tenant', id: tenant.id },
    });
    return tenant;
  }

  /**
   * Locks the tenant until the transaction ends. Whatever could take the last of its top-level members away locks it
   * first, so that such changes happen one after the other. False where there is no such tenant.
   */
  async lock(tx: Tx, tenantId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>('SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE', [
      tenantId,
    ]);
    return rows.length > 0;
  }

  /** As `lock`, for all tenants of a person, before anything else is locked. Returns their ids. */
  async lockAllOf(tx: Tx, userId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(LOCK_TENANTS_OF, [userId]);
    return rows.map(({ id }) => id);
  }

  /** Slugs are public names: whoever asks may know whether one exists. */
  async findBySlug(slug: string): Promise<Tenant | null> {
    const [tenant] = await this.database.runAcrossTenants<Tenant>(
      { name: 'find-tenant-by-slug', text: 'SELECT id, slug, name FROM tenants WHERE slug = $1' },
      [slug],
    );
    return tenant ?? null;
  }

  /** Of parallel calls for one name each gets a slug of its own, or all but one are refused. */
  private async insert(tx: Tx, input: CreateTenantInput): Promise<Tenant> {
    const base = slugify(input.name);
    const tenant = { id: newId(), slug: base, name: input.name };
    for (;;) {
      const inserted = await tx.query<unknown[]>(
        `INSERT INTO tenants (id, slug, name, business_type) VALUES ($1, $2, $3, $4)
         ON CONFLICT (slug) DO NOTHING RETURNING 1`,
        [tenant.id, tenant.slug, tenant.name, input.businessType ?? null],
      );
      if (inserted.length > 0) return tenant;
      if (input.slug !== 'number') throw new CompanyNameTaken(input.field ?? 'companyName');
      tenant.slug = await this.nextFreeSlug(tx, base);
    }
  }

  private async nextFreeSlug(tx: Tx, base: string): Promise<string> {
    const stem = base.slice(0, MAX_NUMBERED_STEM).replace(/-+$/, '');
    const [free] = await tx.query<{ slug: string }[]>(
      `SELECT slug FROM (SELECT $1 || '-' || generate_series(2, 1000000) AS slug) AS candidates
       WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.slug = candidates.slug) LIMIT 1`,
      [stem],
    );
    if (!free) throw new Error(`A million organisations are named ${stem}`);
    return free.slug;
  }
}
