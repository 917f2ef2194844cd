import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** Requests with an API key, per day (UTC). */
@Entity('api_key_usage')
@ForeignKey('ApiKeyEntity', ['keyId'], ['id'], { name: 'api_key_usage_key_id_fkey', onDelete: 'CASCADE' })
export class ApiKeyUsageEntity {
  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName: 'api_key_usage_pkey' })
  keyId: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'api_key_usage_pkey' })
  day: string;

  /** `bigint`: the driver returns text. */
  @Column('bigint')
  requests: string;
}
