import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Published, and not signing yet: it moves to `signing_keys` when the key there is retired or removed. */
@Entity('next_signing_keys')
export class NextSigningKeyEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'next_signing_keys_pkey' })
  id: string;

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk: Record<string, unknown>;

  @Column('bytea', { name: 'private_encrypted' })
  privateEncrypted: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
