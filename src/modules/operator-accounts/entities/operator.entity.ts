import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** An operator of the service: no person, and a member of no tenant. */
@Entity('operators')
@Unique('operators_email_key', ['email'])
@Unique('operators_enrolment_hash_key', ['enrolmentHash'])
@Check('operators_allowed_addresses_check', 'cardinality(allowed_addresses) > 0')
@Check('operators_enrolment_check', '(enrolment_hash IS NULL) = (enrolment_expires_at IS NULL)')
// substring(seed_encrypted FROM 1 FOR 9)
@Index('operators_key_idx', { synchronize: false })
export class OperatorEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'operators_pkey' })
  id: string;

  @Column('text')
  email: string;

  /** CIDR blocks; at least one. */
  @Column('cidr', { name: 'allowed_addresses', array: true })
  allowedAddresses: string[];

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** Null until the enrolment sets one. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column('bytea', { name: 'seed_encrypted' })
  seedEncrypted: Buffer;

  /** Null until a code was given. Until then the enrolment discloses the seed. */
  @Column('timestamptz', { name: 'seed_confirmed_at', nullable: true })
  seedConfirmedAt: Date | null;

  /** RFC 6238: the time step of the newest code that was used. */
  @Column('bigint', { name: 'last_step', default: 0 })
  lastStep: string;

  /** Keyed hash of the enrolment token; set while a password or a second factor is to be set. */
  @Column('bytea', { name: 'enrolment_hash', nullable: true })
  enrolmentHash: Buffer | null;

  @Column('timestamptz', { name: 'enrolment_expires_at', nullable: true })
  enrolmentExpiresAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
