import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A finished revocation of all credentials, so that the servers that are told to make it make it once. */
@Entity('bulk_revocations')
export class BulkRevocationEntity {
  /** Everything issued before this time has ended. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'bulk_revocations_pkey' })
  before: Date;

  @Column('timestamptz', { name: 'completed_at', default: () => 'now()' })
  completedAt: Date;
}
