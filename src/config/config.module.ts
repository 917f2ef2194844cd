import { type DynamicModule, Module } from '@nestjs/common';
import { Keyring } from '../common/keyring.js';
import { CONFIG, type Config } from './config.js';
import { loadKeyring } from './load-keyring.js';

/** Provides every module with the parsed environment and the keys derived from SECRET_KEY. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Keyring, useFactory: () => loadKeyring(config) },
      ],
      exports: [CONFIG, Keyring],
    };
  }
}
