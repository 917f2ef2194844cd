import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * What happened. The server may add rows, and neither change nor delete them. The table is partitioned by the month of
 * `occurredAt`.
 */
@Entity('audit_events')
@Check('audit_events_outcome_check', "outcome IN ('success', 'refused')")
// (target_id, tenant_id, occurred_at DESC, id DESC)
@Index('audit_events_about_idx', { synchronize: false })
// (tenant_id, action, occurred_at DESC, id DESC)
@Index('audit_events_action_idx', { synchronize: false })
// (actor_id, tenant_id, occurred_at DESC, id DESC)
@Index('audit_events_actor_idx', { synchronize: false })
// (action, occurred_at DESC, id DESC)
@Index('audit_events_kind_idx', { synchronize: false })
// (tenant_id, occurred_at DESC, id DESC), of refused events
@Index('audit_events_refused_idx', { synchronize: false })
// (tenant_id, occurred_at DESC, id DESC)
@Index('audit_events_tenant_idx', { synchronize: false })
// (occurred_at DESC, id DESC)
@Index('audit_events_time_idx', { synchronize: false })
export class AuditEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_events_pkey' })
  id: string;

  /** Null for acts outside of tenants. */
  @Column('uuid', { name: 'tenant_id', nullable: true })
  tenantId: string | null;

  @PrimaryColumn('timestamptz', {
    name: 'occurred_at',
    default: () => 'now()',
    primaryKeyConstraintName: 'audit_events_pkey',
  })
  occurredAt: Date;

  @Column('text', { name: 'actor_kind' })
  actorKind: string;

  @Column('uuid', { name: 'actor_id', nullable: true })
  actorId: string | null;

  @Column('text')
  action: string;

  @Column('text')
  outcome: 'success' | 'refused';

  @Column('text', { name: 'target_kind', nullable: true })
  targetKind: string | null;

  @Column('uuid', { name: 'target_id', nullable: true })
  targetId: string | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  /** Depends on the action; never contains secrets. */
  @Column('jsonb', { default: {} })
  detail: Record<string, unknown>;
}
