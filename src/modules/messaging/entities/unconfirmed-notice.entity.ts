import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The one notice of an account to a recipient that it only claims. */
@Entity('unconfirmed_notices')
@ForeignKey('UserEntity', ['userId'], ['id'], {
  name: 'unconfirmed_notices_user_id_fkey',
  onDelete: 'CASCADE',
})
export class UnconfirmedNoticeEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'unconfirmed_notices_pkey' })
  userId: string;

  @PrimaryColumn('bytea', { name: 'recipient_hash', primaryKeyConstraintName: 'unconfirmed_notices_pkey' })
  recipientHash: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
