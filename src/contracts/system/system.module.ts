import { Module } from '@nestjs/common';
import { HealthModule } from '../../modules/health/health.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { ProfileModule } from '../../modules/profile/profile.module.js';
import { HealthController } from './health.controller.js';
import { KeysController } from './keys.controller.js';
import { ProblemsController } from './problems.controller.js';
import { UploadsController } from './uploads.controller.js';

/** What every deployment has, whichever doors are open: health, keys, the meaning of errors, pictures. */
@Module({
  imports: [HealthModule, ProfileModule, SessionsModule],
  controllers: [HealthController, KeysController, ProblemsController, UploadsController],
})
export class SystemModule {}
