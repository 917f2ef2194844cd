import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
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
import { ClaimRemovalService } from './claim-removal.service.js';
import { ClaimsRepository } from './claims.repository.js';
import { IdentifierVerificationService } from './identifier-verification.service.js';

/** Depends on the modules whose credentials it revokes. */
@Module({
  imports: [
    AuditModule,
    InvitationsModule,
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
  providers: [
    IdentifierVerificationService,
    AccountTakeoverService,
    ArrangementsService,
    ClaimRemovalService,
    ClaimsRepository,
  ],
  exports: [IdentifierVerificationService],
})
export class IdentifiersModule {}
