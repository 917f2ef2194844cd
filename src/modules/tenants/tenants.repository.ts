import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { Database } from '../../database/database.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { TenantEntity } from './entities/tenant.entity.js';

export type TenantStatus = TenantEntity['status'];

export interface Tenant {
  id: string;
  slug: string;
  name: string;
}

export interface NewTenant extends Tenant {
  /** The form of the name in which names are compared. */
  nameKey: string;
  businessType: string | null;
  /** The key of the product in which it is created; null if it has roles of its own alone. */
  product: string | null;
}

/** Tenants: their names, slugs and locks. */
@Injectable()
export class TenantsRepository {
  constructor(private readonly database: Database) {}

  /** One creation of a tenant with this name at a time, until its transaction ends. */
  async lockName(tx: Transaction, nameKey: string): Promise<void> {
    await tx.execute(LOCK_NAME, [nameKey]);
  }

  isNameTaken(tx: Transaction, nameKey: string): Promise<boolean> {
    return tx.manager.existsBy(TenantEntity, { nameKey });
  }

  /** Returns false if another tenant has the slug, also one that a concurrent transaction creates. */
  async insert(tx: Transaction, tenant: NewTenant): Promise<boolean> {
    const { id, slug, name, nameKey, businessType, product } = tenant;
    return (await tx.execute(INSERT_TENANT, [id, slug, name, nameKey, businessType, product])) === 1;
  }

  /** The first of `<stem>-2`, `<stem>-3`, … that no tenant has; null if a million are taken. */
  async findFreeSlug(tx: Transaction, stem: string): Promise<string | null> {
    const free = await tx.one<{ slug: string }>(FIND_FREE_SLUG, [stem]);
    return free?.slug ?? null;
  }

  /** Locks the tenant until the transaction ends. Returns false if it does not exist. */
  async lock(tx: TenantTransaction): Promise<boolean> {
    return (await tx.execute(LOCK_TENANT, [tx.tenantId])) === 1;
  }

  /** As `lock`, for all tenants of a person, in the order of ids. Returns their ids. */
  async lockAllOf(tx: Transaction, userId: string): Promise<string[]> {
    const tenants = await tx.many<{ id: string }>(LOCK_TENANTS_OF, [userId]);
    return tenants.map(({ id }) => id);
  }

  findBySlug(slug: string): Promise<Tenant | null> {
    return this.database.autocommitAcrossTenants.one<Tenant>(FIND_BY_SLUG, [slug]);
  }

  /** Returns false if the tenant has the status already. An active tenant is not to be deleted any more. */
  async changeStatus(tx: TenantTransaction, status: TenantStatus): Promise<boolean> {
    const { affected } = await tx.manager.update(
      TenantEntity,
      { id: tx.tenantId, status: Not(status) },
      { status, ...(status === 'active' && { deletionAt: null }) },
    );
    return affected === 1;
  }

  /** The e-mail domains that the tenant invites; empty for any. */
  async readInvitationDomains(tx: TenantTransaction): Promise<string[]> {
    const tenant = await tx.manager.findOne(TenantEntity, {
      select: { invitationDomains: true },
      where: { id: tx.tenantId },
    });
    return tenant?.invitationDomains ?? [];
  }
}

/** Keeps a numbered slug within the 64 characters that a sign-in request accepts. */
const MAX_NUMBERED_STEM = 56;

/** A slug that no tenant has, made of this one and a number. */
export async function freeSlug(tx: Transaction, tenants: TenantsRepository, base: string): Promise<string> {
  const stem = base.slice(0, MAX_NUMBERED_STEM).replace(/-+$/, '');
  const slug = await tenants.findFreeSlug(tx, stem);
  if (slug === null) throw new Error(`A million organisations are named ${stem}`);
  return slug;
}

const LOCK_NAME = `SELECT pg_advisory_xact_lock(hashtextextended('tenant-name:' || $1, 0))`;

/** $1 id, $2 slug, $3 name, $4 name to compare, $5 business type or null, $6 product. */
const INSERT_TENANT = `
  INSERT INTO tenants (id, slug, name, name_key, business_type, product)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (slug) DO NOTHING`;

/** Looks each one up: with NOT EXISTS, PostgreSQL would read all tenants first. */
const FIND_FREE_SLUG = `
  SELECT slug FROM (SELECT $1 || '-' || generate_series(2, 1000000) AS slug) AS candidates
  WHERE (SELECT t.id FROM tenants t WHERE t.slug = candidates.slug) IS NULL LIMIT 1`;

const LOCK_TENANT = 'SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE';

/** $1 user. Every lock of several tenants is taken in this order, so that none deadlock. */
const LOCK_TENANTS_OF = `
  SELECT t.id FROM tenants t WHERE t.id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

const FIND_BY_SLUG = {
  name: 'find-tenant-by-slug',
  text: 'SELECT id, slug, name FROM tenants WHERE slug = $1',
};
