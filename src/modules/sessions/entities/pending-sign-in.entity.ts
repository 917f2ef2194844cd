import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A sign-in between the first factor and the second. The temp token is a one-time secret whose subject is this row. */
@Entity('pending_sign_ins')
@ForeignKey('MembershipEntity', ['tenantId', 'userId'], ['tenantId', 'userId'], {
  name: 'pending_sign_ins_membership_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'pending_sign_ins_user_id_fkey', onDelete: 'CASCADE' })
@Check('pending_sign_ins_attempts_left_check', 'attempts_left >= 0')
@Index('pending_sign_ins_expires_at_idx', ['expiresAt'])
@Index('pending_sign_ins_user_id_idx', ['userId'])
export class PendingSignInEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pending_sign_ins_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'tenant_id', nullable: true })
  tenantId: string | null;

  /** RFC 8176, of the first factor. */
  @Column('text', { array: true })
  methods: string[];

  @Column('smallint', { name: 'attempts_left' })
  attemptsLeft: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
