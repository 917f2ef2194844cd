import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { EmailChangesRepository } from './email-changes.repository.js';
import { EmailChangesService } from './email-changes.service.js';
import { EmailVerificationLinksService } from './email-verification-links.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { ProfileService } from './profile.service.js';

/** Profile changes by users. Separate from `UsersModule`, because the modules it imports depend on that one. */
@Module({
  imports: [AuditModule, IdentifiersModule, MessagingModule, SecretsModule, SessionsModule, UsersModule],
  providers: [
    EmailChangesService,
    EmailChangesRepository,
    EmailVerificationLinksService,
    EmailVerificationService,
    ProfileService,
  ],
  exports: [EmailChangesService, EmailVerificationLinksService, EmailVerificationService, ProfileService],
})
export class ProfileModule {}
