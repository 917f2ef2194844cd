import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { Operation } from '../../shared/operation.js';
import { OverviewDto } from './overview.dto.js';

@ApiTags('Overview')
@Controller('overview')
export class OverviewController {
  constructor(private readonly records: RecordsService) {}

  @Get()
  @Authorize.operator()
  @Operation('Read the service at a glance', {
    status: 200,
    returns: OverviewDto,
    description:
      'Of all servers. No count goes beyond ten thousand, and those of the last hour look at the newest ten thousand messages and events.',
  })
  async getOverview(): Promise<OverviewDto> {
    return OverviewDto.from(await this.records.readOverview());
  }
}
