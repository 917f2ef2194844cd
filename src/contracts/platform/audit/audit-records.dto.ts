import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { actionsOf, AUDIT_ACTION_PREFIXES, AUDIT_ACTIONS } from '../../../modules/audit/audit-actions.js';
import type { AuditRecord, AuditRecordsQuery } from '../../../modules/operators/audit-records.repository.js';
import { EventsPageQueryDto } from '../../shared/events-page-query.dto.js';
import { field, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';
import { ChoiceField } from '../../shared/value-fields.js';

const ACTIONS: string[] = [...AUDIT_ACTIONS, ...AUDIT_ACTION_PREFIXES];

export class AuditRecordsQueryDto extends EventsPageQueryDto {
  @UuidField({ optional: true, description: 'Only events of this tenant' })
  tenantId?: string;

  @ChoiceField({
    optional: true,
    of: ['platform'],
    description: '`platform`: only events of no tenant, among which are those of operators',
  })
  scope?: 'platform';

  @UuidField({ optional: true, description: 'The person, API key or operator who acted' })
  actorId?: string;

  @UuidField({ optional: true, description: 'The target of the action' })
  targetId?: string;

  @field(
    {
      optional: true,
      example: 'operator.',
      description: 'An action, or a group: `operator.` selects all actions on operators',
    },
    { type: String, enum: ACTIONS },
    IsIn(ACTIONS),
  )
  action?: string;

  static toQuery(query: AuditRecordsQueryDto): Omit<AuditRecordsQuery, 'after' | 'limit'> {
    const { tenantId, scope, actorId, targetId, action } = query;
    return {
      tenantId: scope === 'platform' ? null : tenantId,
      actorId,
      targetId,
      ...(action !== undefined && { actions: actionsOf(action) }),
    };
  }
}

export class AuditRecordPartyDto {
  @ApiProperty({ example: 'operator' })
  kind: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: '01988b6e-7c1f-7000-8000-000000000001',
  })
  id: string | null;
}

export class AuditRecordDto {
  @ApiProperty({ format: 'uuid', example: '01988b6e-7c1f-7000-8000-000000000003' })
  id: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T10:00:00.000Z' })
  occurredAt: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  tenantId: string | null;

  @ApiProperty()
  actor: AuditRecordPartyDto;

  @ApiProperty({ example: 'user.blocked' })
  action: string;

  @ApiProperty({ enum: ['success', 'refused'], example: 'success' })
  outcome: string;

  @ApiProperty({ type: AuditRecordPartyDto, nullable: true })
  target: AuditRecordPartyDto | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  address: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0' })
  userAgent: string | null;

  @ApiProperty({ type: String, nullable: true, example: '01988b6e-7c1f-7000-8000-000000000004' })
  requestId: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { reason: 'Reported for fraud', reference: 'case 4711' },
    description: 'Details of the action; never a secret',
  })
  detail: Record<string, unknown>;

  static from(event: AuditRecord): AuditRecordDto {
    const { id, tenantId, action, outcome, targetKind, targetId, address, userAgent, requestId, detail } =
      event;
    return {
      ...{ id, tenantId, action, outcome, address, userAgent, requestId, detail },
      occurredAt: event.occurredAt.toISOString(),
      actor: { kind: event.actorKind, id: event.actorId },
      target: targetKind === null ? null : { kind: targetKind, id: targetId },
    };
  }
}

export class AuditRecordPageDto extends pageOf(AuditRecordDto) {}
