import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { EventsPageQueryDto } from '../../shared/events-page-query.dto.js';
import { Operation } from '../../shared/operation.js';
import { AuditRecordPageDto, AuditRecordsQueryDto } from './audit-records.dto.js';

@ApiTags('Audit trail')
@Controller('audit-events')
export class AuditRecordsController {
  constructor(private readonly records: RecordsService) {}

  @Get()
  @Authorize.operator()
  @Operation('List events of all tenants', {
    status: 200,
    returns: AuditRecordPageDto,
    description: 'Newest first.',
  })
  async listAuditRecords(@Query() query: AuditRecordsQueryDto): Promise<AuditRecordPageDto> {
    const page = EventsPageQueryDto.toRequest(query);
    return AuditRecordPageDto.from(await this.records.listEvents(AuditRecordsQueryDto.toQuery(query), page));
  }
}
