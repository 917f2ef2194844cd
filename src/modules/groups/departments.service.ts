import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { replaced } from '../audit/changes.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import {
  assertGrantable,
  type Grantor,
  MembershipsService,
  type Role,
} from '../tenants/memberships.service.js';
import { DepartmentNotFound } from '../tenants/tenants.errors.js';
import {
  ASSESS_MOVE,
  COUNT_DEPARTMENTS,
  IS_NAME_TAKEN,
  MAX_LEVELS,
  READ_DEPARTMENTS,
} from './departments.queries.js';
import { type GroupMember, GroupMembersService } from './group-members.service.js';
import {
  DepartmentCycle,
  DepartmentLimitReached,
  DepartmentNameTaken,
  DepartmentTooDeep,
  NotInTenant,
} from './groups.errors.js';

/** A node of the tenant's department tree. */
export interface Department {
  id: string;
  name: string;
  /** Null for a department on the top level. */
  parentId: string | null;
  /**
   * Every direct member gets its permissions in addition to those of their own role; members of child departments do
   * not.
   */
  role: Role | null;
  createdAt: Date;
}

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
    private readonly authority: MemberAuthorityService,
    private readonly memberships: MembershipsService,
    private readonly groupMembers: GroupMembersService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The whole tree as a flat list, in order of creation. */
  async list(actor: Actor, page: PageRequest): Promise<Page<Department>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.database.inTenant(tenant.id, (tx) =>
      tx.query<Department[]>(
        `${READ_DEPARTMENTS} AND ($2::uuid IS NULL OR d.id > $2) ORDER BY d.id LIMIT $3`,
        [tenant.id, page.after, page.limit + 1],
      ),
    );
    return toPage(rows, page);
  }

  /** Throws NotInTenant. */
  get(actor: Actor, id: string): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => this.find(tx, tenant.id, id));
  }

  /** Direct members only. Throws NotInTenant. */
  listMembers(actor: Actor, id: string, page: PageRequest): Promise<Page<GroupMember>> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      await this.find(tx, tenant.id, id);
      return this.groupMembers.list(tx, tenant.id, { departmentId: id }, page);
    });
  }

  /**
   * Throws DepartmentNotFound for the parent, RoleNotFound, RoleLevelExceeded if the actor may not grant the role,
   * IdentifierUnverified if a role is given, DepartmentNameTaken, DepartmentTooDeep or DepartmentLimitReached. The
   * limit also binds parallel calls.
   */
  async create(actor: Actor, { name, parentId = null, roleKey = null }: NewDepartment): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, tenant.id, actor, 'departments.create');
      await this.assertBelowLimit(tx, tenant.id);
      if (roleKey !== null) this.authority.assertReachesOthers(own);
      const role = await this.roleOf(tx, tenant.id, roleKey, own);
      if (parentId !== null) await this.assertFits(tx, tenant.id, null, parentId);
      await this.assertNameFree(tx, tenant.id, { id: null, parentId, name });
      const id = newId();
      await tx.query(
        'INSERT INTO departments (id, tenant_id, name, parent_id, role_id) VALUES ($1, $2, $3, $4, $5)',
        [id, tenant.id, name, parentId, role?.id ?? null],
      );
      await this.record(tx, actor, 'department.created', id, { role: roleKey });
      return this.find(tx, tenant.id, id);
    });
  }

  /**
   * Renames or moves the department, or changes its role. A change of the role needs an actor who may grant the old and
   * the new role and may change every direct member. Throws NotInTenant, DepartmentCycle, MemberNotManageable and what
   * `create` throws.
   */
  async update(actor: Actor, id: string, changes: Partial<NewDepartment>): Promise<Department> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, tenant.id, actor, 'departments.edit');
      const current = await this.find(tx, tenant.id, id);
      const { name = current.name, parentId = current.parentId, roleKey } = changes;
      if (roleKey !== undefined) this.authority.assertReachesOthers(own);
      const role = roleKey === undefined ? current.role : await this.roleOf(tx, tenant.id, roleKey, own);
      if (role?.id !== current.role?.id) {
        if (current.role) assertGrantable(current.role, own);
        await this.authority.assertManagesAll(tx, tenant.id, { departmentId: id }, own);
      }
      if (parentId !== null && parentId !== current.parentId) {
        await this.assertFits(tx, tenant.id, id, parentId);
      }
      await this.assertNameFree(tx, tenant.id, { id, parentId, name });
      await tx.query(
        'UPDATE departments SET name = $3, parent_id = $4, role_id = $5 WHERE tenant_id = $1 AND id = $2',
        [tenant.id, id, name, parentId, role?.id ?? null],
      );
      const detail = {
        fields: Object.keys(changes),
        ...replaced('parentId', current.parentId, parentId),
        ...replaced('role', current.role?.key ?? null, role?.key ?? null),
      };
      await this.record(tx, actor, 'department.updated', id, detail);
      return this.find(tx, tenant.id, id);
    });
  }

  private async find(tx: Tx, tenantId: string, id: string): Promise<Department> {
    const [department] = await tx.query<Department[]>(`${READ_DEPARTMENTS} AND d.id = $2`, [tenantId, id]);
    if (!department) throw new NotInTenant();
    return department;
  }

  private async roleOf(tx: Tx, tenantId: string, key: string | null, grantor: Grantor): Promise<Role | null> {
    return key === null ? null : this.memberships.getGrantableRole(tx, tenantId, key, grantor, 'roleKey');
  }

  private async assertFits(tx: Tx, tenantId: string, id: string | null, parentId: string): Promise<void> {
    const [move] = await tx.query<{ levels: number; height: number; isCycle: boolean }[]>(ASSESS_MOVE, [
      tenantId,
      id,
      parentId,
    ]);
    if (!move?.levels) throw new DepartmentNotFound('parentId');
    if (move.isCycle) throw new DepartmentCycle();
    if (move.levels + move.height > MAX_LEVELS) throw new DepartmentTooDeep(MAX_LEVELS);
  }

  /** Call it under the lock: the count then stays valid until the commit. */
  private async assertBelowLimit(tx: Tx, tenantId: string): Promise<void> {
    const [count] = await tx.query<{ departments: number }[]>(COUNT_DEPARTMENTS, [tenantId]);
    if (!count || count.departments >= this.config.MAX_DEPARTMENTS_PER_TENANT)
      throw new DepartmentLimitReached();
  }

  private async assertNameFree(
    tx: Tx,
    tenantId: string,
    { id, parentId, name }: { id: string | null; parentId: string | null; name: string },
  ): Promise<void> {
    const taken = await tx.query<unknown[]>(IS_NAME_TAKEN, [tenantId, parentId, name, id]);
    if (taken.length > 0) throw new DepartmentNameTaken();
  }

  private async record(
    tx: Tx,
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
