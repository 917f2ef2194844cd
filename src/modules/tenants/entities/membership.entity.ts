import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A person in a tenant, with one role. Deleting it deletes its sessions, keys and pending sign-ins. */
@Entity('memberships')
@Unique('memberships_tenant_id_id_key', ['tenantId', 'id'])
@Unique('memberships_tenant_id_user_id_key', ['tenantId', 'userId'])
@ForeignKey('DepartmentEntity', ['tenantId', 'departmentId'], ['tenantId', 'id'], {
  name: 'memberships_department_fkey',
})
@ForeignKey('RoleEntity', ['tenantId', 'roleId'], ['tenantId', 'id'], { name: 'memberships_role_fkey' })
@ForeignKey('TenantEntity', ['tenantId'], ['id'], { name: 'memberships_tenant_id_fkey', onDelete: 'CASCADE' })
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'memberships_user_id_fkey', onDelete: 'CASCADE' })
@Check('memberships_status_check', "status IN ('active', 'suspended', 'leaving')")
@Index('memberships_department_idx', ['tenantId', 'departmentId', 'id'])
@Index('memberships_role_idx', ['tenantId', 'roleId', 'id'])
@Index('memberships_status_idx', ['tenantId', 'status', 'id'])
@Index('memberships_user_id_idx', ['userId'])
export class MembershipEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'memberships_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'role_id' })
  roleId: string;

  @Column('uuid', { name: 'department_id', nullable: true })
  departmentId: string | null;

  @Column('text', { default: 'active' })
  status: 'active' | 'suspended' | 'leaving';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** A sign-in that names no tenant opens the one that was used last. */
  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;

  /** A product's names for the agents that are assigned to the member. */
  @Column('text', { name: 'assigned_agents', array: true, default: () => "'{}'" })
  assignedAgents: string[];

  /** About the person, for this tenant alone. The person does not see it, except in the export of their data. */
  @Column('jsonb', { name: 'private_metadata', default: () => "'{}'" })
  privateMetadata: object;

  /** What a restoration of the account brings back. */
  @Column('text', { name: 'status_before_leaving', nullable: true })
  statusBeforeLeaving: string | null;
}
