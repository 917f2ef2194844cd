import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A change of an e-mail address that can still be taken back, by a link to the previous address or number. */
@Entity('email_changes')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'email_changes_user_id_fkey', onDelete: 'CASCADE' })
@Index('email_changes_expires_at_idx', ['expiresAt'])
@Index('email_changes_user_id_idx', ['userId', 'requestedAt'])
export class EmailChangeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'email_changes_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  /** Null if the account was verified by a phone. */
  @Column('text', { name: 'old_email', nullable: true })
  oldEmail: string | null;

  /** Since when the account had it: of two claims to the account, the older one prevails. */
  @Column('timestamptz', { name: 'held_since' })
  heldSince: Date;

  /** Whether the old address itself came by a change that can still be taken back. */
  @Column('boolean', { name: 'came_by_change' })
  cameByChange: boolean;

  @Column('text', { name: 'new_email' })
  newEmail: string;

  @Column('timestamptz', { name: 'requested_at', default: () => 'now()' })
  requestedAt: Date;

  /** Null until the new address is verified. */
  @Column('timestamptz', { name: 'changed_at', nullable: true })
  changedAt: Date | null;

  /** An older claim has recovered the account: the new address may take nothing back any more. */
  @Column('timestamptz', { name: 'overruled_at', nullable: true })
  overruledAt: Date | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
