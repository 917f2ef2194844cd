import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** The code that was sent last to an identifier, for one purpose: a new code replaces the old one. */
@Entity('otp_challenges')
@Unique('otp_challenges_purpose_identifier_hash_key', ['purpose', 'identifierHash'])
@Check('otp_challenges_attempts_left_check', 'attempts_left >= 0')
@Check('otp_challenges_purpose_check', "purpose IN ('sign-in', 'password-reset')")
@Index('otp_challenges_expires_at_idx', ['expiresAt'])
export class OtpChallengeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'otp_challenges_pkey' })
  id: string;

  @Column('text')
  purpose: 'sign-in' | 'password-reset';

  @Column('bytea', { name: 'identifier_hash' })
  identifierHash: Buffer;

  /** Null if no code was sent: no guess is right, and each is counted. */
  @Column('bytea', { name: 'code_hash', nullable: true })
  codeHash: Buffer | null;

  @Column('smallint', { name: 'attempts_left' })
  attemptsLeft: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt: Date | null;
}
