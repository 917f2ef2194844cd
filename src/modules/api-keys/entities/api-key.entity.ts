import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** An API key of a member of a tenant. Deleting the membership deletes its keys. */
@Entity('api_keys')
@Unique('api_keys_tenant_id_id_key', ['tenantId', 'id'])
@ForeignKey('MembershipEntity', ['tenantId', 'userId'], ['tenantId', 'userId'], {
  name: 'api_keys_membership_fkey',
  onDelete: 'CASCADE',
})
// (LEAST(revoked_at, expires_at))
@Index('api_keys_ended_idx', { synchronize: false })
@Index('api_keys_owner_idx', ['tenantId', 'userId', 'createdAt'])
@Index('api_keys_user_id_idx', ['userId'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  /** The owner, whose present rights limit the key. */
  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  description: string | null;

  /** `resource.action` of the permission catalogue. */
  @Column('text', { array: true })
  scopes: string[];

  /** CIDR blocks; empty: any address may use it. */
  @Column('cidr', { name: 'allowed_addresses', array: true, default: () => "'{}'" })
  allowedAddresses: string[];

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
