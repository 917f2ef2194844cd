import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantReads, TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { replaced } from '../audit/changes.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { assertGrantable, MembershipsService } from '../tenants/memberships.service.js';
import type { Grantor, Role } from '../tenants/role.js';
import { DepartmentNotFound } from '../tenants/tenants.errors.js';
import { type Department, DepartmentsRepository, MAX_LEVELS } from './departments.repository.js';
import { type GroupMember, GroupMembersRepository } from './group-members.repository.js';
import {
  DepartmentCycle,
  DepartmentLimitReached,
  DepartmentNameTaken,
  DepartmentTooDeep,
  NotInTenant,
} from './groups.errors.js';

export interface NewDepartment {
  name: string;
  parentId?: string | null;
  /** The key of one of the tenant's roles. */
  roleKey?: string | null;
}

/**
 * Manages the departments of the actor's tenant. Every change locks the tenant first (`MemberAuthorityService.lock`):
 * names stay unique, and two concurrent moves cannot make a cycle that neither makes alone.
 */
@Injectable()
export class DepartmentsService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsRepository,
    private readonly authority: MemberAuthorityService,
    private readonly memberships: MembershipsService,
    private readonly groupMembers: GroupMembersRepository,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The whole tree as a flat list, in order of creation. */
  async list(actor: Actor, page: PageRequest): Promise<Page<Department>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.departments.list(this.database.readsOf(tenant.id), page);
    return toPage(rows, page);
  }

  /** Throws NotInTenant. */
  get(actor: Actor, id: string): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.find(this.database.readsOf(tenant.id), id);
  }

  /** Direct members only. Throws NotInTenant. */
  async listMembers(actor: Actor, id: string, page: PageRequest): Promise<Page<GroupMember>> {
    const reads = this.database.readsOf(membershipOf(actor).tenant.id);
    await this.find(reads, id);
    return this.groupMembers.list(reads, { departmentId: id }, page);
  }

  /**
   * Throws DepartmentNotFound for the parent, RoleNotFound, RoleLevelExceeded if the actor may not grant the role,
   * IdentifierUnverified if a role is given, DepartmentNameTaken, DepartmentTooDeep or DepartmentLimitReached. The
   * limit also binds parallel calls.
   */
  async create(actor: Actor, { name, parentId = null, roleKey = null }: NewDepartment): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'departments.create');
      await this.assertBelowLimit(tx);
      if (roleKey !== null) this.authority.assertReachesOthers(own);
      const role = await this.roleOf(tx, roleKey, own);
      if (parentId !== null) await this.assertFits(tx, null, parentId);
      if (await this.departments.isNameTaken(tx, { id: null, parentId, name }))
        throw new DepartmentNameTaken();
      const id = newId();
      await this.departments.insert(tx, { id, name, parentId, roleId: role?.id ?? null });
      await this.record(tx, actor, 'department.created', id, { role: roleKey });
      return this.find(tx, id);
    });
  }

  /**
   * Renames or moves the department, or changes its role. A change of the role needs an actor who may grant the old and
   * the new role and may change every direct member; a role as before counts as absent. Throws NotInTenant, DepartmentCycle,
   * MemberNotManageable and what `create` throws.
   */
  async update(actor: Actor, id: string, changes: Partial<NewDepartment>): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'departments.edit');
      const current = await this.find(tx, id);
      const { name = current.name, parentId = current.parentId } = changes;
      const roleKey = changes.roleKey === (current.role?.key ?? null) ? undefined : changes.roleKey;
      if (roleKey !== undefined) this.authority.assertReachesOthers(own);
      const role = roleKey === undefined ? current.role : await this.roleOf(tx, roleKey, own);
      if (role?.id !== current.role?.id) {
        if (current.role) assertGrantable(current.role, own);
        await this.authority.assertManagesAll(tx, { departmentId: id }, own);
      }
      if (parentId !== null && parentId !== current.parentId) {
        await this.assertFits(tx, id, parentId);
      }
      if (await this.departments.isNameTaken(tx, { id, parentId, name })) throw new DepartmentNameTaken();
      await this.departments.update(tx, id, { name, parentId, roleId: role?.id ?? null });
      const detail = {
        fields: Object.keys(changes),
        ...replaced('parentId', current.parentId, parentId),
        ...replaced('role', current.role?.key ?? null, role?.key ?? null),
      };
      await this.record(tx, actor, 'department.updated', id, detail);
      return this.find(tx, id);
    });
  }

  private async find(tx: TenantReads, id: string): Promise<Department> {
    const department = await this.departments.find(tx, id);
    if (!department) throw new NotInTenant();
    return department;
  }

  private async roleOf(tx: TenantTransaction, key: string | null, grantor: Grantor): Promise<Role | null> {
    return key === null ? null : this.memberships.getGrantableRole(tx, key, grantor, 'roleKey');
  }

  private async assertFits(tx: TenantTransaction, id: string | null, parentId: string): Promise<void> {
    const move = await this.departments.assessMove(tx, id, parentId);
    if (move.levels === 0) throw new DepartmentNotFound('parentId');
    if (move.isCycle) throw new DepartmentCycle();
    if (move.levels + move.height > MAX_LEVELS) throw new DepartmentTooDeep(MAX_LEVELS);
  }

  /** Call it under the lock: the count then stays valid until the commit. */
  private async assertBelowLimit(tx: TenantTransaction): Promise<void> {
    const count = await this.departments.count(tx);
    if (count >= this.config.MAX_DEPARTMENTS_PER_TENANT) throw new DepartmentLimitReached();
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: 'department.created' | 'department.updated',
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.record(tx, actor.origin, {
      action,
      tenantId: membershipOf(actor).tenant.id,
      actorId: actor.userId,
      target: { kind: 'department', id },
      detail,
    });
  }
}
