import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptanceService } from './acceptance.service.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationManagementService } from './invitation-management.service.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationsService } from './invitations.service.js';

@Module({
  imports: [
    AuditModule,
    AuthModule,
    MessagingModule,
    PasswordsModule,
    SecretsModule,
    TenantsModule,
    UsersModule,
  ],
  providers: [
    InvitationsService,
    InvitationLinksService,
    InvitationManagementService,
    InvitationPolicyService,
    AcceptanceService,
  ],
  exports: [InvitationsService, InvitationLinksService, InvitationManagementService, AcceptanceService],
})
export class InvitationsModule {}
