import { type DynamicModule, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Provides Metrics to every module. The instance is created before the application, to count all error responses. */
@Module({})
export class MetricsModule {
  static forRoot(metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [{ provide: Metrics, useValue: metrics }],
      exports: [Metrics],
    };
  }
}
