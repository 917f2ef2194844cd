import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountTakeoverService } from './account-takeover.service.js';
import { ArrangementsService } from './arrangements.service.js';
import { IdentifierVerificationService } from './identifier-verification.service.js';

/** Depends on the modules whose credentials it revokes. */
@Module({
  imports: [
    AuditModule,
    CredentialRevocationModule,
    MessagingModule,
    OtpModule,
    PasswordsModule,
    SecretsModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [IdentifierVerificationService, AccountTakeoverService, ArrangementsService],
  exports: [IdentifierVerificationService],
})
export class IdentifiersModule {}
