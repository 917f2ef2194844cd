import { Module } from '@nestjs/common';
import { AuthModule } from '../../modules/auth/auth.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { AccountSecurityController } from './auth/account-security.controller.js';
import { SignInController } from './auth/sign-in.controller.js';
import { ProfileController } from './profile/profile.controller.js';

/** Shapes only: every rule is in the modules. */
@Module({
  imports: [AuthModule, SessionsModule],
  // In the order a newcomer walks the documentation page
  controllers: [SignInController, ProfileController, AccountSecurityController],
})
export class DatixlabModule {}
