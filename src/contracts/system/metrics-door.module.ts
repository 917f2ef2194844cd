import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { OperationModule } from '../../modules/operation/operation.module.js';
import { MetricsController } from './metrics.controller.js';

/** Apart from the rest of the system, because production without METRICS_TOKEN leaves it out of the application. */
@Module({ imports: [OperationModule], controllers: [MetricsController] })
export class MetricsDoorModule {}

export function showsMetrics({ isProduction, METRICS_TOKEN }: Config): boolean {
  return !isProduction || METRICS_TOKEN !== undefined;
}
