import { Module } from '@nestjs/common';
import { HealthModule } from '../../modules/health/health.module.js';
import { ProfileModule } from '../../modules/profile/profile.module.js';
import { ServiceAccountsModule } from '../../modules/service-accounts/service-accounts.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { HealthController } from './health.controller.js';
import { KeysController } from './keys.controller.js';
import { MetadataController } from './oauth/metadata.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { ProblemsController } from './problems.controller.js';
import { UploadsController } from './uploads.controller.js';

/**
 * The operations of every deployment, whichever contracts are enabled: health, keys, meaning of error codes, pictures.
 */
@Module({
  imports: [HealthModule, ProfileModule, ServiceAccountsModule, SessionsModule],
  controllers: [
    HealthController,
    KeysController,
    MetadataController,
    OAuthController,
    ProblemsController,
    UploadsController,
  ],
})
export class SystemModule {}
