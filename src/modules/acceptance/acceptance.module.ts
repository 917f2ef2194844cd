import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProfileModule } from '../profile/profile.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptanceService } from './acceptance.service.js';
import { AcceptorsService } from './acceptors.service.js';
import { AdmissionService } from './admission.service.js';

/**
 * The acceptance of invitations. Separate from `InvitationsModule`, because the modules it imports depend on that one.
 */
@Module({
  imports: [
    AttemptsModule,
    AuditModule,
    AuthModule,
    IdentifiersModule,
    InvitationsModule,
    PasswordsModule,
    ProfileModule,
    SessionsModule,
    TenantsModule,
    UsersModule,
  ],
  providers: [AcceptanceService, AcceptorsService, AdmissionService],
  exports: [AcceptanceService],
})
export class AcceptanceModule {}
