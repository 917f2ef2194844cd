import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** An invitation of a person, by e-mail or phone, into a tenant. At most one for each recipient is open. */
@Entity('invitations')
@Unique('invitations_tenant_id_id_key', ['tenantId', 'id'])
@ForeignKey('UserEntity', ['acceptedBy'], ['id'], {
  name: 'invitations_accepted_by_fkey',
  onDelete: 'SET NULL',
})
@ForeignKey('DepartmentEntity', ['tenantId', 'departmentId'], ['tenantId', 'id'], {
  name: 'invitations_department_fkey',
})
@ForeignKey('UserEntity', ['invitedBy'], ['id'], { name: 'invitations_invited_by_fkey', onDelete: 'CASCADE' })
@ForeignKey('RoleEntity', ['tenantId', 'roleId'], ['tenantId', 'id'], {
  name: 'invitations_role_fkey',
  onDelete: 'SET NULL',
})
@ForeignKey('TenantEntity', ['tenantId'], ['id'], { name: 'invitations_tenant_id_fkey', onDelete: 'CASCADE' })
@Check('invitations_recipient_check', 'num_nonnulls(email, phone) = 1')
@Check(
  'invitations_role_check',
  '(role_id IS NOT NULL) OR (accepted_at IS NOT NULL) OR (revoked_at IS NOT NULL)',
)
@Index('invitations_accepted_by_idx', ['acceptedBy'], { where: 'accepted_by IS NOT NULL' })
@Index('invitations_department_idx', ['tenantId', 'departmentId'])
@Index('invitations_email_idx', ['email'], { where: 'email IS NOT NULL' })
@Index('invitations_invited_by_idx', ['invitedBy'])
@Index('invitations_open_email_key', ['tenantId', 'email'], {
  unique: true,
  where: '(accepted_at IS NULL) AND (revoked_at IS NULL)',
})
@Index('invitations_open_phone_key', ['tenantId', 'phone'], {
  unique: true,
  where: '(accepted_at IS NULL) AND (revoked_at IS NULL)',
})
@Index('invitations_phone_idx', ['phone'], { where: 'phone IS NOT NULL' })
@Index('invitations_role_idx', ['tenantId', 'roleId'])
export class InvitationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'invitations_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  /** Exactly one of e-mail and phone is set. */
  @Column('text', { nullable: true })
  email: string | null;

  @Column('text', { nullable: true })
  phone: string | null;

  /** Null only if the invitation is over and its role was deleted. */
  @Column('uuid', { name: 'role_id', nullable: true })
  roleId: string | null;

  @Column('uuid', { name: 'department_id', nullable: true })
  departmentId: string | null;

  @Column('text', { name: 'first_name', nullable: true })
  firstName: string | null;

  @Column('text', { name: 'last_name', nullable: true })
  lastName: string | null;

  @Column('uuid', { name: 'invited_by' })
  invitedBy: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'accepted_at', nullable: true })
  acceptedAt: Date | null;

  @Column('uuid', { name: 'accepted_by', nullable: true })
  acceptedBy: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
