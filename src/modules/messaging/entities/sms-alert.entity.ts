import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last alert to the operator about a budget or a hold, from any server. */
@Entity('sms_alerts')
export class SmsAlertEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sms_alerts_pkey' })
  scope: string;

  @Column('timestamptz', { name: 'raised_at' })
  raisedAt: Date;
}
