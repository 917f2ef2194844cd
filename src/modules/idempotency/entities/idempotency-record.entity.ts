import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A request with an `Idempotency-Key`, or one step of it: running, or with its answer. */
@Entity('idempotency_records')
@Unique('idempotency_records_caller_hash_key', ['callerHash'])
@Index('idempotency_records_expires_at_idx', ['expiresAt'])
@Index('idempotency_records_tenant_id_idx', ['tenantId'])
@Index('idempotency_records_user_id_idx', ['userId'])
@ForeignKey('TenantEntity', ['tenantId'], ['id'], {
  name: 'idempotency_records_tenant_id_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey('UserEntity', ['userId'], ['id'], {
  name: 'idempotency_records_user_id_fkey',
  onDelete: 'CASCADE',
})
export class IdempotencyRecordEntity {
  /** Of operation and key, with the caller or, where nobody signs in, with the content. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'idempotency_records_pkey' })
  id: Buffer;

  /** Of operation, key, and the caller or the client's address: one request has it. */
  @Column('bytea', { name: 'caller_hash' })
  callerHash: Buffer;

  @Column('uuid', { name: 'tenant_id', nullable: true })
  tenantId: string | null;

  /** The person who called, or whom the request made; null while it runs. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId: string | null;

  /** The keyed hash of operation and content. */
  @Column('bytea')
  fingerprint: Buffer;

  /** Of the server's call that runs the request: only this one may complete it. */
  @Column('uuid')
  claim: string;

  @Column('timestamptz', { name: 'claimed_at', default: () => 'now()' })
  claimedAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** Null while the request runs. */
  @Column('bytea', { name: 'answer_encrypted', nullable: true })
  answerEncrypted: Buffer | null;

  /** The session whose first tokens are in the answer. */
  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  /** The hash of the API key whose text is in the answer. */
  @Column('bytea', { name: 'api_key_secret', nullable: true })
  apiKeySecret: Buffer | null;
}
