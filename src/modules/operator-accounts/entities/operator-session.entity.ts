import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A session of an operator: one access token, which is not renewed. */
@Entity('operator_sessions')
@ForeignKey('OperatorEntity', ['operatorId'], ['id'], {
  name: 'operator_sessions_operator_id_fkey',
  onDelete: 'CASCADE',
})
@Unique('operator_sessions_token_hash_key', ['tokenHash'])
@Index('operator_sessions_expires_at_idx', ['expiresAt'])
@Index('operator_sessions_operator_id_idx', ['operatorId'])
export class OperatorSessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'operator_sessions_pkey' })
  id: string;

  @Column('uuid', { name: 'operator_id' })
  operatorId: string;

  /** Keyed. */
  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  /** The address block of the sign-in: the token works from nowhere else. */
  @Column('text')
  address: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;
}
