import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, RouterModule } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { createValidationPipe } from './access/validation.js';
import type { EphemeralDatabase } from './common/ephemeral.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { contractsOf } from './contracts/contracts.js';
import { ContractPathsModule } from './contracts/shared/contract-paths.module.js';
import { ErrorResponseFilter } from './contracts/shared/error-response.filter.js';
import { ErrorResponses } from './contracts/shared/error-responses.js';
import { MetricsEndpointModule, showsMetrics } from './contracts/system/metrics-endpoint.module.js';
import { SystemModule } from './contracts/system/system.module.js';
import type { DataSources } from './database/data-source.js';
import { DatabaseModule } from './database/database.module.js';
import { AccountLifecycleModule } from './modules/account-lifecycle/account-lifecycle.module.js';
import type { Metrics } from './modules/metrics/metrics.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { RetentionModule } from './modules/retention/retention.module.js';
import { SecretKeysModule } from './modules/secret-keys/secret-keys.module.js';

/** Wiring only: configuration and database, the guards, and the contracts that CONTRACTS enables. */
@Module({})
export class AppModule {
  static forRoot(
    config: Config,
    { dataSource, acrossTenants, ephemeral }: DataSources,
    errorResponses: ErrorResponses,
    metrics: Metrics,
  ): DynamicModule {
    const contracts = contractsOf(config);
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(dataSource, acrossTenants),
        MetricsModule.forRoot(metrics),
        ContractPathsModule.forRoot(contracts),
        SecretKeysModule,
        AccessModule,
        SystemModule,
        ...(showsMetrics(config) ? [MetricsEndpointModule] : []),
        // Their background work runs whichever contracts are enabled
        AccountLifecycleModule,
        RetentionModule,
        ...contracts.map((contract) => contract.module),
        RouterModule.register(contracts.map(({ basePath, module }) => ({ path: basePath, module }))),
        ...(config.isProduction ? [] : [loadDevModule(ephemeral)]),
      ],
      providers: [
        { provide: ErrorResponses, useValue: errorResponses },
        { provide: APP_FILTER, useClass: ErrorResponseFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}

/** Production loads nothing of `src/dev`. */
async function loadDevModule(ephemeral: EphemeralDatabase | undefined): Promise<DynamicModule> {
  const { DevModule } = await import('./dev/dev.module.js');
  return DevModule.forRoot(ephemeral);
}
