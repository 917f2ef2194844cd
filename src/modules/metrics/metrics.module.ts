import { type DynamicModule, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Ground every room stands on: what counts, made before the application, so that what it refuses is counted, too. */
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
