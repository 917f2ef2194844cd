import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { CredentialRevocationService } from './credential-revocation.service.js';

/** Above every module that has a kind of credential. */
@Module({
  imports: [
    ApiKeysModule,
    AuditModule,
    MessagingModule,
    OtpModule,
    PasswordsModule,
    SecretsModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [CredentialRevocationService],
  exports: [CredentialRevocationService],
})
export class CredentialRevocationModule {}
