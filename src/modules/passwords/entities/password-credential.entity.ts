import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The password of a person. */
@Entity('password_credentials')
@ForeignKey('UserEntity', ['userId'], ['id'], {
  name: 'password_credentials_user_id_fkey',
  onDelete: 'CASCADE',
})
@Check('password_credentials_imported_check', '(imported_encrypted IS NULL) = (imported_profile IS NULL)')
@Index('password_credentials_imported_profile_idx', ['importedProfile', 'userId'], {
  where: 'imported_profile IS NOT NULL',
})
@Index('password_credentials_imported_key_idx', { synchronize: false })
export class PasswordCredentialEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'password_credentials_pkey' })
  userId: string;

  /** A PHC string. */
  @Column('text')
  hash: string;

  /** NIST SP 800-63B-4 §3.2.2: at 100 the authenticator is off until recovered. */
  @Column('integer', { name: 'consecutive_failures', default: 0 })
  consecutiveFailures: number;

  @Column('timestamptz', { name: 'changed_at', default: () => 'now()' })
  changedAt: Date;

  /** The hash of another system, encrypted, until the first sign-in. Then `hash` is a placeholder. */
  @Column('bytea', { name: 'imported_encrypted', nullable: true })
  importedEncrypted: Buffer | null;

  /** Scheme and costs of the imported hash (`profileOf`). */
  @Column('text', { name: 'imported_profile', nullable: true })
  importedProfile: string | null;
}
