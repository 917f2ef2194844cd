import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A person. */
@Entity('users')
@Unique('users_email_key', ['email'])
@Unique('users_phone_key', ['phone'])
@Check(
  'users_deletion_at_check',
  "CASE status WHEN 'leaving' THEN (deletion_at IS NOT NULL) WHEN 'active' THEN (deletion_at IS NULL) ELSE true END",
)
@Check('users_status_check', "status IN ('active', 'leaving', 'closed')")
@Index('users_closed_idx', ['id'], { where: "status = 'closed'" })
@Index('users_deletion_at_idx', ['deletionAt'], { where: 'deletion_at IS NOT NULL' })
@Index('users_external_id_key', ['externalId'], { unique: true, where: 'external_id IS NOT NULL' })
export class UserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  /** Canonical (`canonicalEmail`). */
  @Column('text', { nullable: true })
  email: string | null;

  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt: Date | null;

  /** Replaces `email` once its link is opened. Until then it grants nothing and does not reserve the address. */
  @Column('text', { name: 'pending_email', nullable: true })
  pendingEmail: string | null;

  /** E.164. */
  @Column('text', { nullable: true })
  phone: string | null;

  @Column('timestamptz', { name: 'phone_verified_at', nullable: true })
  phoneVerifiedAt: Date | null;

  @Column('text', { name: 'first_name' })
  firstName: string;

  @Column('text', { name: 'last_name' })
  lastName: string;

  /** The name of the picture (`avatars`). */
  @Column('text', { nullable: true })
  avatar: string | null;

  /** A canonical BCP 47 tag: the language of messages to the person. */
  @Column('text', { nullable: true })
  locale: string | null;

  /** A name of the IANA database. */
  @Column('text', { name: 'time_zone', nullable: true })
  timeZone: string | null;

  /** Written by the person; read by the person and by those who may view members. */
  @Column('jsonb', { name: 'public_metadata', default: () => "'{}'" })
  publicMetadata: object;

  @Column('text', { default: 'active' })
  status: 'active' | 'leaving' | 'closed';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  /** From then on the account may be erased and cannot be restored. */
  @Column('timestamptz', { name: 'deletion_at', nullable: true, select: false })
  deletionAt?: Date | null;

  /** The id that an imported person had before. */
  @Column('text', { name: 'external_id', nullable: true, select: false })
  externalId?: string | null;
}
