import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsDate, IsIn } from 'class-validator';
import { actionsOf, AUDIT_ACTION_PREFIXES, AUDIT_ACTIONS } from '../../../modules/audit/audit-actions.js';
import type { AuditFilter, ListedEvent } from '../../../modules/audit/listed-event.js';
import { EventsPageQueryDto } from '../../shared/events-page-query.dto.js';
import { field, type FieldOptions, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

const OUTCOMES = ['success', 'refused'];
const ACTIONS: string[] = [...AUDIT_ACTIONS, ...AUDIT_ACTION_PREFIXES];

/** A day, or a time with its UTC offset: without an offset a time is ambiguous. */
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

const MomentField = (options: FieldOptions) =>
  field(
    { optional: true, ...options },
    { type: String, format: 'date-time' },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : value,
    ),
    IsDate({ message: 'must be an ISO 8601 date, or time with its offset' }),
  );

const WordOf = (words: string[], options: FieldOptions) =>
  field({ optional: true, ...options }, { type: String, enum: words }, IsIn(words));

export class AuditFilterDto {
  @UuidField({ optional: true, description: 'The actor' })
  actorId?: string;

  @WordOf(ACTIONS, {
    example: 'session.',
    description: 'An action, or a group: `session.` selects all actions on sessions',
  })
  action?: string;

  @UuidField({ optional: true, description: 'The target of the action' })
  targetId?: string;

  @WordOf(OUTCOMES, {})
  outcome?: 'success' | 'refused';

  @MomentField({ description: 'Events at or after this time' })
  from?: Date;

  @MomentField({ description: 'Events before this time' })
  to?: Date;

  static toFilter({ actorId, action, targetId, outcome, from, to }: AuditFilterDto): AuditFilter {
    return {
      actorId,
      targetId,
      outcome,
      from,
      to,
      ...(action !== undefined && { actions: actionsOf(action) }),
    };
  }
}

export class AuditEventsQueryDto extends IntersectionType(AuditFilterDto, EventsPageQueryDto) {}

export class AuditActorDto {
  @ApiProperty({ enum: ['user', 'api_key', 'operator', 'anonymous'], example: 'user' })
  kind: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: '01988b6e-7c1f-7000-8000-000000000001',
  })
  id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'John Smith',
    description: 'Null for a person who is no longer a member; only the id remains',
  })
  name: string | null;
}

export class AuditTargetDto {
  @ApiProperty({ example: 'session' })
  kind: string;

  @ApiProperty({ format: 'uuid', example: '01988b6e-7c1f-7000-8000-000000000002' })
  id: string;
}

export class AuditEventDto {
  @ApiProperty({ format: 'uuid', example: '01988b6e-7c1f-7000-8000-000000000003' })
  id: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T10:00:00.000Z' })
  occurredAt: string;

  @ApiProperty()
  actor: AuditActorDto;

  @ApiProperty({ example: 'session.created' })
  action: string;

  @ApiProperty({ enum: OUTCOMES, example: 'success', description: '`refused`: the action did not happen' })
  outcome: string;

  @ApiProperty({ type: AuditTargetDto, nullable: true })
  target: AuditTargetDto | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  address: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0' })
  userAgent: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The `instance` of an error response; also in the log',
  })
  requestId: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { methods: ['pwd'] },
    description: 'Details of the action: ids, names of fields, reasons, counts; never a secret',
  })
  detail: Record<string, unknown>;

  static from(event: ListedEvent): AuditEventDto {
    const { id, action, outcome, targetKind, targetId, address, userAgent, requestId, detail } = event;
    return {
      id,
      occurredAt: event.occurredAt.toISOString(),
      actor: { kind: event.actorKind, id: event.actorId, name: event.actorName },
      action,
      outcome,
      target: targetKind !== null && targetId !== null ? { kind: targetKind, id: targetId } : null,
      address,
      userAgent,
      requestId,
      detail,
    };
  }
}

export class AuditEventPageDto extends pageOf(AuditEventDto) {}
