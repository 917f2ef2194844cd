import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../access/authorize.js';
import { AppError } from '../../common/app-error.js';
import { Readiness } from '../../modules/health/readiness.js';
import { Operation } from '../shared/operation.js';

class HealthDto {
  @ApiProperty({ example: 'ok' })
  status: string;
}

const OK: HealthDto = { status: 'ok' };

@ApiTags('Service')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Authorize.public('Probes carry no credentials')
  @Operation('The process answers', { status: 200, returns: HealthDto })
  getLiveness(): HealthDto {
    return OK;
  }

  @Get('ready')
  @Authorize.public('Probes carry no credentials')
  @Operation('The database answers and its schema is up to date', {
    status: 200,
    returns: HealthDto,
    problems: ['service_unavailable'],
  })
  async getReadiness(): Promise<HealthDto> {
    if (!(await this.readiness.isReady()))
      throw new AppError('service_unavailable', { retryAfterSeconds: 2 });
    return OK;
  }
}
