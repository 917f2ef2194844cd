import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { covers } from '../../common/permissions.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { MembershipsRepository } from './memberships.repository.js';
import { PlacementsRepository } from './placements.repository.js';
import type { Grantor, Role } from './role.js';
import { RolesRepository } from './roles.repository.js';
import { TeamMembersRepository } from './team-members.repository.js';
import {
  AlreadyMember,
  DepartmentNotFound,
  RoleLevelExceeded,
  RoleNotFound,
  TeamNotFound,
} from './tenants.errors.js';

export interface Placement {
  roleId: string;
  departmentId: string | null;
  teamIds: string[];
}

/** Creates memberships, and checks what a membership or an invitation may grant. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly teams: TeamMembersRepository,
    private readonly roles: RolesRepository,
    private readonly placements: PlacementsRepository,
  ) {}

  /**
   * Creates a membership and returns its id. Of parallel calls for one person one succeeds; the others throw
   * AlreadyMember.
   */
  async join(tx: TenantTransaction, userId: string, placement: Placement): Promise<string> {
    const id = newId();
    const { roleId, departmentId, teamIds } = placement;
    if (!(await this.memberships.insert(tx, { id, userId, roleId, departmentId }))) throw new AlreadyMember();
    await this.teams.addToAll(tx, id, teamIds);
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
    const role = await this.roles.lockByKey(tx, key);
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
      const department = await this.placements.lockDepartment(tx, departmentId);
      if (!department) throw new DepartmentNotFound();
      if (department.role) assertGrantable(department.role, grantor);
    }
    if (!(await this.placements.lockTeams(tx, teamIds))) throw new TeamNotFound();
  }
}

/** Throws RoleLevelExceeded if the role has a higher level than the grantor or a permission that the grantor lacks. */
export function assertGrantable(role: Grantor, grantor: Grantor): void {
  if (role.level > grantor.level || !covers(grantor.permissions, role.permissions))
    throw new RoleLevelExceeded();
}
