import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** A backup code of a second factor. */
@Entity('recovery_codes')
@Unique('recovery_codes_user_id_code_hash_key', ['userId', 'codeHash'])
@ForeignKey('TotpFactorEntity', ['userId'], ['userId'], {
  name: 'recovery_codes_user_id_fkey',
  onDelete: 'CASCADE',
})
export class RecoveryCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'recovery_codes_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('bytea', { name: 'code_hash' })
  codeHash: Buffer;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt: Date | null;

  /** `-infinity` for codes of a release that did not record it. */
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
