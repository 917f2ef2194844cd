import { Module } from '@nestjs/common';
import { AcceptanceModule } from '../../modules/acceptance/acceptance.module.js';
import { AuthModule } from '../../modules/auth/auth.module.js';
import { IdempotencyModule } from '../../modules/idempotency/idempotency.module.js';
import { InvitationsModule } from '../../modules/invitations/invitations.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { TenantsModule } from '../../modules/tenants/tenants.module.js';
import { OtpController } from './auth/otp.controller.js';
import { PasswordController } from './auth/password.controller.js';
import { SignInController } from './auth/sign-in.controller.js';
import { SignOutController } from './auth/sign-out.controller.js';
import { TwoFactorController } from './auth/two-factor.controller.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { OrganisationsController } from './organisations/organisations.controller.js';

/** Request and response shapes only: every rule is in the core modules. */
@Module({
  imports: [
    AcceptanceModule,
    AuthModule,
    IdempotencyModule,
    InvitationsModule,
    SessionsModule,
    TenantsModule,
  ],
  // In the order in which a new reader tries the documented operations
  controllers: [
    OtpController,
    SignInController,
    TwoFactorController,
    OrganisationsController,
    InvitationsController,
    SignOutController,
    PasswordController,
  ],
})
export class KatixoModule {}
