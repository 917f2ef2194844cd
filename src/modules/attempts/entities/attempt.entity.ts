import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A counter of failures: of an identifier, an address, or both. */
@Entity('attempts')
@Index('attempts_updated_at_idx', ['updatedAt'])
export class AttemptEntity {
  /** A keyed hash, so that no row names a person. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'attempts_pkey' })
  key: Buffer;

  @Column('integer')
  failures: number;

  @Column('timestamptz', { name: 'window_started_at' })
  windowStartedAt: Date;

  @Column('timestamptz', { name: 'blocked_until', nullable: true })
  blockedUntil: Date | null;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
