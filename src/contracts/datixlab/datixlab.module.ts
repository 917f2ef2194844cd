import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../../modules/api-keys/api-keys.module.js';
import { AuthModule } from '../../modules/auth/auth.module.js';
import { IdempotencyModule } from '../../modules/idempotency/idempotency.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { TwoFactorModule } from '../../modules/two-factor/two-factor.module.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { AccountSecurityController } from './auth/account-security.controller.js';
import { SignInController } from './auth/sign-in.controller.js';
import { ProfileController } from './profile/profile.controller.js';
import { TwoFactorController } from './two-factor/two-factor.controller.js';

/** Request and response shapes only: every rule is in the core modules. */
@Module({
  imports: [ApiKeysModule, AuthModule, IdempotencyModule, SessionsModule, TwoFactorModule],
  // In the order in which a new reader tries the documented operations
  controllers: [
    SignInController,
    ProfileController,
    ApiKeysController,
    TwoFactorController,
    AccountSecurityController,
  ],
})
export class DatixlabModule {}
