import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { covers, type PermissionMap } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { MembershipsRepository } from './memberships.repository.js';
import {
  AlreadyMember,
  DepartmentNotFound,
  RoleLevelExceeded,
  RoleNotFound,
  TeamNotFound,
} from './tenants.errors.js';

export interface Role {
  id: string;
  key: string;
  name: string;
  level: number;
  permissions: PermissionMap;
}

export interface Placement {
  roleId: string;
  departmentId: string | null;
  teamIds: string[];
}

/** The member who grants a role. Nobody can grant more than they have. */
export interface Grantor {
  level: number;
  permissions: PermissionMap;
}

/** Creates memberships, and checks what a membership or an invitation may grant. */
@Injectable()
export class MembershipsService {
  constructor(private readonly memberships: MembershipsRepository) {}

  /**
   * Creates a membership and returns its id. Of parallel calls for one person one succeeds; the others throw
   * AlreadyMember.
   */
  async join(tx: TenantTransaction, userId: string, placement: Placement): Promise<string> {
    const id = newId();
    const { roleId, departmentId, teamIds } = placement;
    if (!(await this.memberships.insert(tx, { id, userId, roleId, departmentId }))) throw new AlreadyMember();
    await this.memberships.addToTeams(tx, id, teamIds);
    return id;
  }

  isMember(tx: TenantTransaction, userId: string): Promise<boolean> {
    return this.memberships.exists(tx, userId);
  }

  /**
   * Returns the role with this key. Throws RoleNotFound, or RoleLevelExceeded if the role has a higher level than the
   * grantor or a permission that the grantor lacks.
   */
  async getGrantableRole(
    tx: TenantTransaction,
    key: string,
    grantor: Grantor,
    field: 'role' | 'roleKey' = 'role',
  ): Promise<Role> {
    const role = await tx.one<Role>(
      // The lock keeps the role until the transaction ends: nobody gets a role that is being deleted
      `SELECT id, key, name, level, permissions FROM roles WHERE tenant_id = $1 AND key = $2 FOR KEY SHARE`,
      [tx.tenantId, key],
    );
    if (!role) throw new RoleNotFound(field);
    assertGrantable(role, grantor);
    return role;
  }

  /**
   * Throws DepartmentNotFound or TeamNotFound unless all belong to the tenant, and RoleLevelExceeded if the department
   * has a role that the grantor may not grant. Locks them against deletion until the transaction ends.
   */
  async assertPlaceable(
    tx: TenantTransaction,
    { departmentId, teamIds }: Pick<Placement, 'departmentId' | 'teamIds'>,
    grantor: Grantor,
  ): Promise<void> {
    if (departmentId !== null) {
      const department = await tx.one<{ role: Pick<Role, 'level' | 'permissions'> | null }>(
        `SELECT CASE WHEN r.id IS NOT NULL
                  THEN jsonb_build_object('level', r.level, 'permissions', r.permissions) END AS role
         FROM departments d
         LEFT JOIN roles r ON r.tenant_id = d.tenant_id AND r.id = d.role_id
         WHERE d.tenant_id = $1 AND d.id = $2 FOR KEY SHARE OF d`,
        [tx.tenantId, departmentId],
      );
      if (!department) throw new DepartmentNotFound();
      if (department.role) assertGrantable(department.role, grantor);
    }
    const found = await tx.one<{ all: boolean }>(
      `WITH held AS (SELECT id FROM teams WHERE tenant_id = $1 AND id = ANY($2::uuid[]) FOR KEY SHARE)
       SELECT NOT EXISTS (SELECT unnest($2::uuid[]) EXCEPT SELECT id FROM held) AS "all"`,
      [tx.tenantId, teamIds],
    );
    if (!found?.all) throw new TeamNotFound();
  }
}

/** Throws RoleLevelExceeded if the role has a higher level than the grantor or a permission that the grantor lacks. */
export function assertGrantable(role: Pick<Role, 'level' | 'permissions'>, grantor: Grantor): void {
  if (role.level > grantor.level || !covers(grantor.permissions, role.permissions))
    throw new RoleLevelExceeded();
}
