import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../access/authorize.js';
import { MetricsTokenGuard } from '../../access/metrics-token.guard.js';
import { MetricsPage } from '../../modules/health/metrics-page.js';
import { Operation } from '../shared/operation.js';

@ApiTags('Service')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly page: MetricsPage) {}

  @Get()
  @Authorize.public('Who scrapes is no caller of the API: METRICS_TOKEN, where it is set, says who may')
  @UseGuards(MetricsTokenGuard)
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Operation('What the server counts and measures, in the Prometheus text format', {
    status: 200,
    mediaType: 'text/plain',
    problems: ['authentication_required'],
    description:
      'In production only if `METRICS_TOKEN` is set. If it is, send it as `Authorization: Bearer <token>`.',
  })
  getMetrics(): Promise<string> {
    return this.page.render();
  }
}
