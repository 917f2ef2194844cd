import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The password of a person. */
@Entity('password_credentials')
@ForeignKey('UserEntity', ['userId'], ['id'], {
  name: 'password_credentials_user_id_fkey',
  onDelete: 'CASCADE',
})
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
}
