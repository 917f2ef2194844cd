import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, TenantTransaction } from '../../database/transaction.js';

/** Tenants that an operator deleted: suspended until their time is over, and then erased. */
@Injectable()
export class DeletedTenantsRepository {
  constructor(private readonly database: Database) {}

  /** Locks the tenant until the transaction ends. False if there is none, or its time is over: its erasure may have begun. */
  async lockPresent(tx: TenantTransaction): Promise<boolean> {
    return (await tx.execute(LOCK_PRESENT, [tx.tenantId])) === 1;
  }

  /** Suspends the tenant. Returns when it may be erased; null if that was requested before. The caller has locked it. */
  async mark(tx: TenantTransaction, graceSeconds: number): Promise<Date | null> {
    const marked = await tx.one<{ deletionAt: Date }>(MARK, [tx.tenantId, graceSeconds]);
    return marked?.deletionAt ?? null;
  }

  /** The tenant stays suspended. Returns false if no deletion was requested. */
  async unmark(tx: TenantTransaction): Promise<boolean> {
    return (await tx.execute(UNMARK, [tx.tenantId])) === 1;
  }

  /** The ids of the tenants whose time is over, those who waited longest first. */
  async listDue(limit: number): Promise<string[]> {
    const due = await this.database.autocommitAcrossTenants.many<{ id: string }>(LIST_DUE, [limit]);
    return due.map(({ id }) => id);
  }

  /** Locks the tenant. False if its deletion was called off, or another server has locked it. */
  async lockDue(tx: PeopleTransaction, tenantId: string): Promise<boolean> {
    return (await tx.execute(LOCK_DUE, [tenantId])) === 1;
  }

  /** Ends up to `limit` memberships, with their sessions and API keys. Returns how many. The caller has locked the tenant. */
  deleteMemberships(tx: PeopleTransaction, tenantId: string, limit: number): Promise<number> {
    return tx.execute(DELETE_MEMBERSHIPS, [tenantId, limit]);
  }

  /** With everything that belongs to the tenant. Its audit trail is kept as long as others are. */
  async delete(tx: PeopleTransaction, tenantId: string): Promise<void> {
    await tx.execute(DELETE, [tenantId]);
  }
}

/** $1 tenant. */
const LOCK_PRESENT = `
  SELECT FROM tenants WHERE id = $1 AND (deletion_at IS NULL OR deletion_at > now()) FOR NO KEY UPDATE`;

/** $1 tenant, $2 seconds in which the tenant can be restored. */
const MARK = `
  UPDATE tenants SET status = 'suspended', deletion_at = now() + make_interval(secs => $2), updated_at = now()
  WHERE id = $1 AND deletion_at IS NULL RETURNING deletion_at AS "deletionAt"`;

/** $1 tenant. */
const UNMARK = `
  UPDATE tenants SET deletion_at = NULL, updated_at = now() WHERE id = $1 AND deletion_at IS NOT NULL`;

/** $1 limit. */
const LIST_DUE = 'SELECT id FROM tenants WHERE deletion_at <= now() ORDER BY deletion_at LIMIT $1';

/** $1 tenant. */
const LOCK_DUE = 'SELECT FROM tenants WHERE id = $1 AND deletion_at <= now() FOR UPDATE SKIP LOCKED';

/** $1 tenant, $2 limit. */
const DELETE_MEMBERSHIPS = `
  DELETE FROM memberships WHERE id IN (SELECT id FROM memberships WHERE tenant_id = $1 LIMIT $2)`;

/** $1 tenant. */
const DELETE = 'DELETE FROM tenants WHERE id = $1';
