import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The authenticator app of a person. */
@Entity('totp_factors')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'totp_factors_user_id_fkey', onDelete: 'CASCADE' })
export class TotpFactorEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'totp_factors_pkey' })
  userId: string;

  @Column('bytea', { name: 'seed_encrypted' })
  seedEncrypted: Buffer;

  /** Null while enrolling: such a factor does not require a code yet. */
  @Column('timestamptz', { name: 'confirmed_at', nullable: true })
  confirmedAt: Date | null;

  /** RFC 6238 §5.2: no step at or below this one is accepted again. `bigint`: the driver returns text. */
  @Column('bigint', { name: 'last_step', default: 0 })
  lastStep: string;

  /** NIST SP 800-63B-4 §3.2.2: at 100 the authenticator is off until recovered. */
  @Column('integer', { name: 'consecutive_failures', default: 0 })
  consecutiveFailures: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Consecutive, as for the authenticator itself. */
  @Column('integer', { name: 'recovery_code_failures', default: 0 })
  recoveryCodeFailures: number;
}
