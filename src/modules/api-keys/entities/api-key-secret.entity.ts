import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The accepted secrets of an API key: the present one, and for an overlap the previous one. */
@Entity('api_key_secrets')
@ForeignKey('ApiKeyEntity', ['keyId'], ['id'], { name: 'api_key_secrets_key_id_fkey', onDelete: 'CASCADE' })
@Index('api_key_secrets_key_id_idx', ['keyId', 'createdAt'])
@Index('api_key_secrets_newest_idx', ['keyId'], { unique: true, where: 'expires_at IS NULL' })
export class ApiKeySecretEntity {
  /** SHA-256 of the whole key text. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'api_key_secrets_pkey' })
  hash: Buffer;

  @Column('uuid', { name: 'key_id' })
  keyId: string;

  /** Shown in lists, so that people recognise the key. */
  @Column('text')
  prefix: string;

  @Column('text', { name: 'last_four' })
  lastFour: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null for the newest, which expires with its key. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
