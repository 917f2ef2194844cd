import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { HealthModule } from '../../modules/health/health.module.js';
import { MetricsController } from './metrics.controller.js';

/** A module of its own, because production without METRICS_TOKEN leaves it out. */
@Module({ imports: [HealthModule], controllers: [MetricsController] })
export class MetricsEndpointModule {}

export function showsMetrics({ isProduction, METRICS_TOKEN }: Config): boolean {
  return !isProduction || METRICS_TOKEN !== undefined;
}
