import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentCaller } from '../../../access/request.js';
import type { Caller } from '../../../common/actor.js';
import { AuditTrailService } from '../../../modules/audit/audit-trail.service.js';
import { EventsPageQueryDto } from '../../shared/events-page-query.dto.js';
import { Operation } from '../../shared/operation.js';
import { AuditEventDto, AuditEventPageDto, AuditEventsQueryDto, AuditFilterDto } from './audit-events.dto.js';
import { NDJSON, ndjson } from './ndjson.js';

@ApiTags('Audit trail')
@Controller('tenants/current/audit-events')
export class AuditEventsController {
  constructor(private readonly trail: AuditTrailService) {}

  @Get()
  @Authorize('auditEvents.view', { actors: ['user', 'apiKey'], impersonation: 'read' })
  @Operation('Read the audit trail', {
    status: 200,
    returns: AuditEventPageDto,
    description:
      'Newest first. Denials and exceeded limits are summed: one event a minute for each actor, account or ' +
      'address, with their `count`.',
  })
  async listAuditEvents(
    @CurrentCaller() caller: Caller,
    @Query() query: AuditEventsQueryDto,
  ): Promise<AuditEventPageDto> {
    const page = EventsPageQueryDto.toRequest(query);
    return AuditEventPageDto.from(await this.trail.list(caller, AuditFilterDto.toFilter(query), page));
  }

  @Get('export')
  @Authorize('auditEvents.view', { actors: ['user', 'apiKey'] })
  @RateLimit('export')
  @Operation('Export the audit trail', {
    status: 200,
    returns: AuditEventDto,
    mediaType: NDJSON,
    description:
      'A file with one JSON object in each line, oldest first, up to now. It is streamed: if the connection ' +
      'closes before the final chunk, the file is incomplete. The export is itself recorded.',
  })
  async exportAuditEvents(
    @CurrentCaller() caller: Caller,
    @Query() query: AuditFilterDto,
  ): Promise<StreamableFile> {
    const pages = await this.trail.export(caller, AuditFilterDto.toFilter(query));
    return new StreamableFile(
      ndjson(pages, (event) => AuditEventDto.from(event)),
      { type: NDJSON, disposition: 'attachment; filename="audit-events.ndjson"' },
    );
  }
}
