import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyListService } from './api-key-list.service.js';
import { ApiKeyRecoveryService } from './api-key-recovery.service.js';
import { ApiKeyRotationService } from './api-key-rotation.service.js';
import { ApiKeyUsageRecorder } from './api-key-usage-recorder.js';
import { ApiKeyVerificationService } from './api-key-verification.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { RefusedKeysService } from './refused-keys.service.js';

@Module({
  imports: [AuditModule, MessagingModule, SessionsModule, UsersModule],
  providers: [
    ApiKeysService,
    ApiKeyRecoveryService,
    ApiKeyRotationService,
    ApiKeyListService,
    ApiKeyVerificationService,
    ApiKeyUsageRecorder,
    RefusedKeysService,
  ],
  exports: [
    ApiKeysService,
    ApiKeyRecoveryService,
    ApiKeyRotationService,
    ApiKeyListService,
    ApiKeyVerificationService,
    RefusedKeysService,
  ],
})
export class ApiKeysModule {}
