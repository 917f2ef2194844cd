import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An assertion of a service account that was used, until it expires: it is accepted once. */
@Entity('client_assertions')
@ForeignKey('ServiceAccountEntity', ['accountId'], ['id'], {
  name: 'client_assertions_account_id_fkey',
  onDelete: 'CASCADE',
})
@Index('client_assertions_account_id_idx', ['accountId'])
@Index('client_assertions_expires_at_idx', ['expiresAt'])
export class ClientAssertionEntity {
  /** SHA-256 of account and `jti`. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'client_assertions_pkey' })
  id: Buffer;

  @Column('uuid', { name: 'account_id' })
  accountId: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
