import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A SECRET_KEY that servers of this database use, with the index keys, encrypted under it. */
@Entity('secret_keys')
export class SecretKeyEntity {
  /** Derived from the key, and discloses nothing of it. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'secret_keys_pkey' })
  id: string;

  /** The same index keys in every row. */
  @Column('bytea', { name: 'index_keys_encrypted' })
  indexKeysEncrypted: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** When a server last reported that new values are made under this key. */
  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;
}
