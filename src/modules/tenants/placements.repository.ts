import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';
import type { Grantor } from './role.js';

/** A department with the level and the permissions of its role, if it has one. */
export interface PlacedDepartment {
  role: Grantor | null;
}

/** Where members and invitations are placed: reads and locks departments and teams, and writes none. */
@Injectable()
export class PlacementsRepository {
  /** Locks the department against deletion until the transaction ends. Null if the tenant has none with this id. */
  lockDepartment(tx: TenantTransaction, id: string): Promise<PlacedDepartment | null> {
    return tx.one<PlacedDepartment>(LOCK_DEPARTMENT, [tx.tenantId, id]);
  }

  /** Locks the teams against deletion until the transaction ends. Returns whether the tenant has them all. */
  async lockTeams(tx: TenantTransaction, ids: string[]): Promise<boolean> {
    const found = await tx.one<{ all: boolean }>(LOCK_TEAMS, [tx.tenantId, ids]);
    return found?.all ?? false;
  }
}

/** $1 tenant, $2 department. */
const LOCK_DEPARTMENT = `
  SELECT CASE WHEN r.id IS NOT NULL
           THEN jsonb_build_object('level', r.level, 'permissions', r.permissions) END AS role
  FROM departments d
  LEFT JOIN roles r ON r.tenant_id = d.tenant_id AND r.id = d.role_id
  WHERE d.tenant_id = $1 AND d.id = $2 FOR KEY SHARE OF d`;

/** $1 tenant, $2 teams. */
const LOCK_TEAMS = `
  WITH held AS (SELECT id FROM teams WHERE tenant_id = $1 AND id = ANY($2::uuid[]) FOR KEY SHARE)
  SELECT NOT EXISTS (SELECT unnest($2::uuid[]) EXCEPT SELECT id FROM held) AS "all"`;
