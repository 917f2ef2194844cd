import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SuccessionModule } from '../tenants/succession.module.js';
import { AvatarStore } from './avatar-store.js';
import { EmailChangesService } from './email-changes.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { IdentifierProofService } from './identifier-proof.service.js';
import { ProfileService } from './profile.service.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule, MessagingModule, OtpModule, SecretsModule, SessionsModule, SuccessionModule],
  providers: [
    UsersService,
    IdentifierProofService,
    EmailChangesService,
    EmailVerificationService,
    ProfileService,
    AvatarStore,
  ],
  exports: [
    UsersService,
    IdentifierProofService,
    EmailChangesService,
    EmailVerificationService,
    ProfileService,
    AvatarStore,
  ],
})
export class UsersModule {}
