import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** The keyed hash of a token that works once, for one purpose. */
@Entity('one_time_secrets')
@Unique('one_time_secrets_purpose_hash_key', ['purpose', 'hash'])
// Of the e-mail address in the data
@Index('one_time_secrets_email_idx', { synchronize: false })
@Index('one_time_secrets_expires_at_idx', ['expiresAt'])
@Index('one_time_secrets_subject_idx', ['subjectId', 'purpose'])
export class OneTimeSecretEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'one_time_secrets_pkey' })
  id: string;

  @Column('text')
  purpose: string;

  @Column('bytea')
  hash: Buffer;

  /** The row that the token is about, or whose it is. What it refers to depends on the purpose. */
  @Column('uuid', { name: 'subject_id' })
  subjectId: string;

  @Column('jsonb', { default: {} })
  data: Record<string, unknown>;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt: Date | null;
}
