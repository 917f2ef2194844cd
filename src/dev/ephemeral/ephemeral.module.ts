import { type DynamicModule, Module } from '@nestjs/common';
import { EPHEMERAL_DATABASE, type EphemeralDatabase } from '../../common/ephemeral.js';
import { SeedingModule } from '../../modules/seeding/seeding.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { EphemeralController } from './ephemeral.controller.js';
import { EphemeralService } from './ephemeral.service.js';

/** Resets, a clock that moves, and faults: for a server whose database vanishes with it. */
@Module({})
export class EphemeralModule {
  static forRoot(database: EphemeralDatabase): DynamicModule {
    return {
      module: EphemeralModule,
      imports: [SeedingModule, SessionsModule],
      controllers: [EphemeralController],
      providers: [EphemeralService, { provide: EPHEMERAL_DATABASE, useValue: database }],
    };
  }
}
