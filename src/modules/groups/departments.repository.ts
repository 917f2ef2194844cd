import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import type { PageRequest } from '../../common/pagination.js';
import type { TenantReads, TenantTransaction } from '../../database/transaction.js';
import { isForeignKeyViolation } from '../../database/violations.js';
import type { Role } from '../tenants/role.js';
import { DepartmentEntity } from './entities/department.entity.js';
import { DepartmentInUse } from './groups.errors.js';

/** The maximum depth of the tree; departments without a parent are level 1. */
export const MAX_LEVELS = 10;

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

/** Where a department would be after a move. */
export interface Move {
  /** The level of the new parent; 0 if it does not exist. */
  levels: number;
  /** Of the subtree that moves. */
  height: number;
  isCycle: boolean;
}

/** The departments of a tenant. */
@Injectable()
export class DepartmentsRepository {
  /** In order of creation; one more than the page, so that the caller knows whether there are more. */
  list(tx: TenantReads, { after, limit }: PageRequest): Promise<Department[]> {
    return tx.many<Department>(LIST_DEPARTMENTS, [tx.tenantId, after ?? NIL, limit + 1]);
  }

  find(tx: TenantReads, id: string): Promise<Department | null> {
    return tx.one<Department>(FIND_DEPARTMENT, [tx.tenantId, id]);
  }

  count(tx: TenantTransaction): Promise<number> {
    return tx.manager.countBy(DepartmentEntity, { tenantId: tx.tenantId });
  }

  async insert(
    tx: TenantTransaction,
    department: Pick<DepartmentEntity, 'id' | 'name' | 'parentId' | 'roleId'>,
  ): Promise<void> {
    await tx.manager.insert(DepartmentEntity, { ...department, tenantId: tx.tenantId });
  }

  async update(
    tx: TenantTransaction,
    id: string,
    values: Pick<DepartmentEntity, 'name' | 'parentId' | 'roleId'>,
  ): Promise<void> {
    await tx.manager.update(DepartmentEntity, { tenantId: tx.tenantId, id }, values);
  }

  /** Throws DepartmentInUse if a concurrent transaction has placed somebody in it. */
  async delete(tx: TenantTransaction, id: string): Promise<void> {
    try {
      await tx.manager.delete(DepartmentEntity, { tenantId: tx.tenantId, id });
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new DepartmentInUse();
      throw error;
    }
  }

  /** Gives every department with this role another one. */
  async replaceRole(tx: TenantTransaction, roleId: string, replacement: string): Promise<void> {
    await tx.manager.update(DepartmentEntity, { tenantId: tx.tenantId, roleId }, { roleId: replacement });
  }

  /** `id` is null for a new department. Both recursions stop one level after the maximum. */
  async assessMove(tx: TenantTransaction, id: string | null, parentId: string): Promise<Move> {
    const move = await tx.one<Move>(ASSESS_MOVE, [tx.tenantId, id, parentId]);
    return move ?? { levels: 0, height: 1, isCycle: false };
  }

  /** Whether a department other than `id` has the name below this parent, whatever the case. */
  async isNameTaken(
    tx: TenantTransaction,
    { id, parentId, name }: { id: string | null; parentId: string | null; name: string },
  ): Promise<boolean> {
    return (await tx.execute(FIND_NAME, [tx.tenantId, parentId, name, id])) > 0;
  }

  /** Whether the department has child departments, or members or invitations that can still be accepted. */
  async readContent(tx: TenantTransaction, id: string): Promise<{ departments: boolean; members: boolean }> {
    const content = await tx.one<{ departments: boolean; members: boolean }>(READ_CONTENT, [tx.tenantId, id]);
    return content ?? { departments: false, members: false };
  }
}

/** Roles are looked up one by one, so that a page is read in the order of an index. */
const readDepartments = (departments: string) => `
  SELECT d.id, d.name, d.parent_id AS "parentId", d.created_at AS "createdAt",
    CASE WHEN r.id IS NOT NULL THEN jsonb_build_object(
      'id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'permissions', r.permissions) END AS role
  FROM (${departments}) d
  LEFT JOIN LATERAL (
    SELECT * FROM roles WHERE d.role_id IS NOT NULL AND tenant_id = d.tenant_id AND id = d.role_id OFFSET 0) r ON true
  ORDER BY d.id`;

/** $1 tenant, $2 department. */
const FIND_DEPARTMENT = readDepartments('SELECT * FROM departments WHERE tenant_id = $1 AND id = $2');

/** $1 tenant, $2 the last department of the previous page, or NIL, $3 limit. */
const LIST_DEPARTMENTS = readDepartments(
  'SELECT * FROM departments WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3',
);

/** $1 tenant, $2 the department that moves, or null for a new one, $3 the new parent. */
const ASSESS_MOVE = `
  WITH RECURSIVE above AS (
    SELECT id, parent_id, 1 AS level FROM departments WHERE tenant_id = $1 AND id = $3
    UNION ALL
    SELECT d.id, d.parent_id, a.level + 1 FROM above a
    JOIN departments d ON d.tenant_id = $1 AND d.id = a.parent_id WHERE a.level <= ${MAX_LEVELS}
  ), below AS (
    SELECT id, 1 AS level FROM departments WHERE tenant_id = $1 AND id = $2
    UNION ALL
    SELECT d.id, b.level + 1 FROM below b
    JOIN departments d ON d.tenant_id = $1 AND d.parent_id = b.id WHERE b.level <= ${MAX_LEVELS}
  )
  SELECT COALESCE((SELECT max(level) FROM above), 0)::int AS levels,
    COALESCE((SELECT max(level) FROM below), 1)::int AS height,
    EXISTS (SELECT 1 FROM above WHERE id = $2) AS "isCycle"`;

/** $1 tenant, $2 parent or null, $3 name, $4 the department that may have this name, or null. */
const FIND_NAME = `
  SELECT FROM departments
  WHERE tenant_id = $1 AND parent_id IS NOT DISTINCT FROM $2::uuid AND lower(name) = lower($3) AND id IS DISTINCT FROM $4::uuid`;

/** $1 tenant, $2 department. */
const READ_CONTENT = `
  SELECT EXISTS (SELECT 1 FROM departments WHERE tenant_id = $1 AND parent_id = $2) AS departments,
    EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $1 AND department_id = $2)
      OR EXISTS (SELECT 1 FROM invitations WHERE tenant_id = $1 AND department_id = $2
        AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()) AS members`;
