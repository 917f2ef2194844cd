import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Client } from '../../common/client.js';
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

export interface FoundTenant {
  name: string;
  businessType?: string;
  template: RoleTemplateName;
  /** Becomes the first member, in the template's first role. */
  founderId: string;
}

/** Organisations and the roles they start with. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsService,
    private readonly audit: AuditService,
  ) {}

  /** Creates the tenant with its template's roles and its first member. Throws CompanyNameTaken where its slug exists already. */
  async found(tx: Tx, input: FoundTenant, client: Client): Promise<Tenant> {
    const tenant = { id: newId(), slug: slugify(input.name), name: input.name };
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO tenants (id, slug, name, business_type) VALUES ($1, $2, $3, $4)
       ON CONFLICT (slug) DO NOTHING RETURNING 1`,
      [tenant.id, tenant.slug, tenant.name, input.businessType ?? null],
    );
    if (inserted.length === 0) throw new CompanyNameTaken();

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
    await this.audit.record(tx, client, {
      action: 'tenant.created',
      tenantId: tenant.id,
      actorId: input.founderId,
      target: { kind: 'tenant', id: tenant.id },
    });
    return tenant;
  }

  /** Slugs are public names: whoever asks may know whether one exists. */
  async findBySlug(slug: string): Promise<Tenant | null> {
    const [tenant] = await this.database.run<Tenant>(
      { name: 'find-tenant-by-slug', text: 'SELECT id, slug, name FROM tenants WHERE slug = $1' },
      [slug],
    );
    return tenant ?? null;
  }
}
