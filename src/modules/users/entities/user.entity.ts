import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id: string;

  /** Canonical (`canonicalEmail`); unique. */
  @Column('text', { nullable: true })
  email: string | null;

  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt: Date | null;

  /** Replaces `email` once its link is opened. Until then it grants nothing and does not reserve the address. */
  @Column('text', { name: 'pending_email', nullable: true })
  pendingEmail: string | null;

  /** E.164; unique. */
  @Column('text', { nullable: true })
  phone: string | null;

  @Column('timestamptz', { name: 'phone_verified_at', nullable: true })
  phoneVerifiedAt: Date | null;

  @Column('text', { name: 'first_name' })
  firstName: string;

  @Column('text', { name: 'last_name' })
  lastName: string;

  /** The file name in the avatar store. */
  @Column('text', { nullable: true })
  avatar: string | null;

  @Column('text')
  status: 'active' | 'leaving' | 'closed';

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
