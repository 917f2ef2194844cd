import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A machine client of one tenant or of one product. */
@Entity('service_accounts')
@ForeignKey('TenantEntity', ['tenantId'], ['id'], {
  name: 'service_accounts_tenant_id_fkey',
  onDelete: 'CASCADE',
})
@Index('service_accounts_tenant_id_idx', ['tenantId', 'id'])
@Index('service_accounts_product_idx', ['product', 'id'], { where: 'tenant_id IS NULL' })
@Index('service_accounts_revoked_at_idx', ['revokedAt'])
export class ServiceAccountEntity {
  /** The `client_id`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'service_accounts_pkey' })
  id: string;

  /** Null for an account of a product. */
  @Column('uuid', { name: 'tenant_id', nullable: true })
  tenantId: string | null;

  /** That of the tenant; without a tenant, the account is the product’s own. */
  @Column('text')
  product: string;

  @Column('text')
  name: string;

  @Column('text', { array: true })
  scopes: string[];

  /** JWK set (RFC 7517). Null: it authenticates by a secret. */
  @Column('jsonb', { name: 'public_keys', nullable: true })
  publicKeys: object | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
