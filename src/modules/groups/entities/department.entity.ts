import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A node of the department tree of a tenant. */
@Entity('departments')
@Unique('departments_tenant_id_id_key', ['tenantId', 'id'])
@ForeignKey('DepartmentEntity', ['tenantId', 'parentId'], ['tenantId', 'id'], {
  name: 'departments_parent_fkey',
})
@ForeignKey('RoleEntity', ['tenantId', 'roleId'], ['tenantId', 'id'], {
  name: 'departments_role_fkey',
  onDelete: 'SET NULL',
})
@ForeignKey('TenantEntity', ['tenantId'], ['id'], { name: 'departments_tenant_id_fkey', onDelete: 'CASCADE' })
@Check('departments_parent_id_check', 'parent_id <> id')
// Unique: (tenant_id, parent_id, lower(name)) with equal nulls
@Index('departments_name_key', { synchronize: false })
@Index('departments_role_idx', ['tenantId', 'roleId'], { where: 'role_id IS NOT NULL' })
export class DepartmentEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'departments_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @Column('text')
  name: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null on the top level. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId: string | null;

  /** Every direct member has its permissions in addition to those of their own role. */
  @Column('uuid', { name: 'role_id', nullable: true })
  roleId: string | null;
}
