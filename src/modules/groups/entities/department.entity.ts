import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('departments')
export class DepartmentEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @Column('text')
  name: string;

  /** Null on the top level. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId: string | null;

  /** Every direct member has its permissions in addition to those of their own role. */
  @Column('uuid', { name: 'role_id', nullable: true })
  roleId: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
