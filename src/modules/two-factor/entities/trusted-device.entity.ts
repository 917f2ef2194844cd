import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A device on which the person signs in without the second factor. Its token is a secret whose subject is this row. */
@Entity('trusted_devices')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'trusted_devices_user_id_fkey', onDelete: 'CASCADE' })
@Index('trusted_devices_expires_at_idx', ['expiresAt'])
@Index('trusted_devices_user_id_idx', ['userId', 'createdAt'])
export class TrustedDeviceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'trusted_devices_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('text')
  address: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
