import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The accepted secrets of a service account: the present one, and for an overlap the previous one. */
@Entity('service_account_secrets')
@ForeignKey('ServiceAccountEntity', ['accountId'], ['id'], {
  name: 'service_account_secrets_account_id_fkey',
  onDelete: 'CASCADE',
})
@Index('service_account_secrets_account_id_idx', ['accountId', 'createdAt'])
@Index('service_account_secrets_newest_idx', ['accountId'], { unique: true, where: 'expires_at IS NULL' })
export class ServiceAccountSecretEntity {
  /** SHA-256 of the whole text. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'service_account_secrets_pkey' })
  hash: Buffer;

  @Column('uuid', { name: 'account_id' })
  accountId: string;

  /** Shown in lists, so that people recognise the secret. */
  @Column('text', { name: 'last_four' })
  lastFour: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null for the newest. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
