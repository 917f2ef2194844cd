import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** A role of a tenant: a level and the permissions of its members. */
@Entity('roles')
@Unique('roles_tenant_id_id_key', ['tenantId', 'id'])
@Unique('roles_tenant_id_key_key', ['tenantId', 'key'])
@ForeignKey('TenantEntity', ['tenantId'], ['id'], { name: 'roles_tenant_id_fkey', onDelete: 'CASCADE' })
@Check('roles_level_check', '(level >= 0) AND (level <= 100)')
export class RoleEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'roles_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @Column('text')
  key: string;

  @Column('text')
  name: string;

  @Column('smallint')
  level: number;

  @Column('jsonb')
  permissions: Record<string, unknown>;

  /** Another one after every change, by a trigger; null if the role is as it was before there were revisions. */
  @Column('uuid', { nullable: true })
  revision: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
