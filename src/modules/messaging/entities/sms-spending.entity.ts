import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How many SMS were sent lately within one budget, from one client address or to one block of numbers. */
@Entity('sms_spending')
@Index('sms_spending_latest_idx', ['latest'])
export class SmsSpendingEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sms_spending_pkey' })
  scope: string;

  /** The length of an interval. */
  @Column('integer')
  seconds: number;

  /** When the latest interval began. */
  @Column('timestamptz')
  latest: Date;

  /** By interval, the latest first. */
  @Column('integer', { array: true })
  sent: number[];
}
