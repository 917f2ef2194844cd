import { Module } from '@nestjs/common';
import { AuthModule } from '../../modules/auth/auth.module.js';
import { InvitationsModule } from '../../modules/invitations/invitations.module.js';
import { LeavingModule } from '../../modules/leaving/leaving.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { TenantsModule } from '../../modules/tenants/tenants.module.js';
import { UsersModule } from '../../modules/users/users.module.js';
import { PasswordController } from './auth/password.controller.js';
import { RecoveryController } from './auth/recovery.controller.js';
import { SessionsController } from './auth/sessions.controller.js';
import { SignInController } from './auth/sign-in.controller.js';
import { SignOutController } from './auth/sign-out.controller.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { LeavingController } from './leaving/leaving.controller.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OtpController } from './otp/otp.controller.js';
import { EmailVerificationController } from './users/email-verification.controller.js';
import { ProfileController } from './users/profile.controller.js';

/** The complete API, at the root: camelCase, bare objects, RFC 9457 problems. */
@Module({
  imports: [AuthModule, InvitationsModule, LeavingModule, SessionsModule, TenantsModule, UsersModule],
  // In the order a newcomer walks the documentation page
  controllers: [
    SignInController,
    OtpController,
    ProfileController,
    EmailVerificationController,
    OrganisationsController,
    InvitationsController,
    LeavingController,
    SessionsController,
    PasswordController,
    SignOutController,
    RecoveryController,
  ],
})
export class PrimaryModule {}
