import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A team of a tenant. Teams grant no permissions. */
@Entity('teams')
@Unique('teams_tenant_id_id_key', ['tenantId', 'id'])
@ForeignKey('TenantEntity', ['tenantId'], ['id'], { name: 'teams_tenant_id_fkey', onDelete: 'CASCADE' })
// Unique: (tenant_id, lower(name))
@Index('teams_name_key', { synchronize: false })
export class TeamEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'teams_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  /** Unique in the tenant, whatever the case. */
  @Column('text')
  name: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
