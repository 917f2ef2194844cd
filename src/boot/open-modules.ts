import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Log } from '../common/log.js';
import { readVersion } from '../common/version.js';
import type { Config } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { Metrics } from '../modules/metrics/metrics.js';
import { MetricsModule } from '../modules/metrics/metrics.module.js';
import { SecretKeysModule } from '../modules/secret-keys/secret-keys.module.js';
import { SecretKeysService } from '../modules/secret-keys/secret-keys.service.js';
import { openDatabase } from './open-database.js';

@Module({})
class ProgramModule {}

/**
 * Calls `work` with modules of the core on the configured database, for programs beside the server. The modules are not
 * initialised, but for the index keys: no message is delivered from here, nothing is swept, and nothing listens.
 */
export async function withModules(
  config: Config,
  modules: Type[],
  work: (app: INestApplicationContext) => Promise<void>,
): Promise<void> {
  const opened = await openDatabase(config, new Log('error'), { migrates: false, joins: true });
  try {
    const program: DynamicModule = {
      module: ProgramModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(opened.dataSource, opened.acrossTenants),
        MetricsModule.forRoot(new Metrics(readVersion())),
        SecretKeysModule,
        ...modules,
      ],
    };
    const options = { logger: false, abortOnError: false } as const;
    const app = await NestFactory.create(program, new FastifyAdapter(), options);
    await app.get(SecretKeysService).onModuleInit();
    await work(app);
    await app.close();
  } finally {
    await opened.close();
  }
}
