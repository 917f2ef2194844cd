import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that signs or has signed access tokens. */
@Entity('signing_keys')
export class SigningKeyEntity {
  /** The `kid`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pkey' })
  id: string;

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk: Record<string, unknown>;

  @Column('bytea', { name: 'private_encrypted' })
  privateEncrypted: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null for the key that signs. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
