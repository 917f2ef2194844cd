import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProfileModule } from '../profile/profile.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptanceService } from './acceptance.service.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationManagementService } from './invitation-management.service.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';

@Module({
  imports: [
    AttemptsModule,
    AuditModule,
    AuthModule,
    IdentifiersModule,
    MessagingModule,
    PasswordsModule,
    ProfileModule,
    SecretsModule,
    SessionsModule,
    TenantsModule,
    UsersModule,
  ],
  providers: [
    InvitationsService,
    InvitationLinksService,
    InvitationManagementService,
    InvitationPolicyService,
    AcceptanceService,
    InvitationsRepository,
  ],
  exports: [
    InvitationsService,
    InvitationLinksService,
    InvitationManagementService,
    AcceptanceService,
    InvitationsRepository,
  ],
})
export class InvitationsModule {}
