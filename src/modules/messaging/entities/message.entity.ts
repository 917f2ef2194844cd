import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A message to a person, from the transaction that caused it until its retention ends. The table is partitioned by the
 * month of `createdAt`.
 */
@Entity('messages')
@Check('messages_channel_check', "channel IN ('email', 'sms')")
@Check(
  'messages_status_check',
  "status IN ('recorded', 'suppressed', 'withheld', 'queued', 'sent', 'expired', 'superseded', 'failed')",
)
@Index('messages_created_at_idx', ['createdAt'])
@Index('messages_due_idx', ['channel', 'nextTryAt'], { where: "status = 'queued'" })
@Index('messages_queued_idx', ['recipientHash', 'createdAt'], { where: "status = 'queued'" })
@Index('messages_recipient_idx', ['recipientHash', 'createdAt'])
@Index('messages_sender_tenant_idx', ['senderTenantHash', 'createdAt'], {
  where: 'sender_tenant_hash IS NOT NULL',
})
@Index('messages_sender_user_idx', ['senderUserHash', 'createdAt'], { where: 'sender_user_hash IS NOT NULL' })
export class MessageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'messages_pkey' })
  id: string;

  @Column('text')
  channel: 'email' | 'sms';

  @Column('text')
  template: string;

  /** Keyed hash of the recipient. */
  @Column('bytea', { name: 'recipient_hash' })
  recipientHash: Buffer;

  /** Recipient, subject, text, link and code; readable only with the server's key. Null once it is not needed any more. */
  @Column('bytea', { name: 'payload_encrypted', nullable: true })
  payloadEncrypted: Buffer | null;

  @Column('text')
  status: 'recorded' | 'suppressed' | 'withheld' | 'queued' | 'sent' | 'expired' | 'superseded' | 'failed';

  @PrimaryColumn('timestamptz', {
    name: 'created_at',
    default: () => 'now()',
    primaryKeyConstraintName: 'messages_pkey',
  })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  /** Tries whose outcome is unknown: begun, and neither accepted nor refused so far. */
  @Column('smallint', { name: 'unanswered_tries', default: 0 })
  unansweredTries: number;

  /** All tries that have begun. Each has its own number, by which the server that makes it is known. */
  @Column('smallint', { default: 0 })
  tries: number;

  /** Of a message that is queued. */
  @Column('timestamptz', { name: 'next_try_at', default: () => 'now()' })
  nextTryAt: Date;

  /** Set during a try: until then no other server makes one. */
  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil: Date | null;

  @Column('timestamptz', { name: 'verified_at', nullable: true })
  verifiedAt: Date | null;

  /** Determines the budgets of recipient and sender that the message counts against. */
  @Column('text', { default: '' })
  purpose: string;

  /** Set, like the other senders, where a person chose the recipient. */
  @Column('bytea', { name: 'sender_tenant_hash', nullable: true })
  senderTenantHash: Buffer | null;

  @Column('bytea', { name: 'sender_user_hash', nullable: true })
  senderUserHash: Buffer | null;

  @Column('bytea', { name: 'sender_session_hash', nullable: true })
  senderSessionHash: Buffer | null;
}
