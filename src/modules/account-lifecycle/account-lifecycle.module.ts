import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProfileModule } from '../profile/profile.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountRestorationService } from './account-restoration.service.js';
import { CredentialRevocationService } from './credential-revocation.service.js';
import { ErasureService } from './erasure/erasure.service.js';
import { ExportService } from './export/export.service.js';
import { RestorationLinksService } from './restoration-links.service.js';

@Module({
  imports: [
    AuditModule,
    MessagingModule,
    OtpModule,
    PasswordsModule,
    ProfileModule,
    SecretsModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [
    CredentialRevocationService,
    AccountDeletionService,
    AccountRestorationService,
    RestorationLinksService,
    ErasureService,
    ExportService,
  ],
  exports: [
    AccountDeletionService,
    AccountRestorationService,
    RestorationLinksService,
    ErasureService,
    ExportService,
  ],
})
export class AccountLifecycleModule {}
