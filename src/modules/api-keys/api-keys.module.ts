import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyIssuanceService } from './api-key-issuance.service.js';
import { ApiKeyListService } from './api-key-list.service.js';
import { ApiKeyRevocationService } from './api-key-revocation.service.js';
import { ApiKeyRotationService } from './api-key-rotation.service.js';
import { ApiKeySecretsRepository } from './api-key-secrets.repository.js';
import { ApiKeyStatesRepository } from './api-key-states.repository.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { ApiKeyUsageRecorder } from './api-key-usage-recorder.js';
import { ApiKeyVerificationService } from './api-key-verification.service.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysOfPersonRepository } from './api-keys-of-person.repository.js';
import { PinnedApiKeysService } from './pinned-api-keys.service.js';
import { RefusedKeysService } from './refused-keys.service.js';

@Module({
  imports: [AuditModule, MessagingModule, SessionsModule, UsersModule],
  providers: [
    ApiKeysService,
    ApiKeyIssuanceService,
    ApiKeyListService,
    ApiKeyRevocationService,
    ApiKeyRotationService,
    ApiKeyUsageRecorder,
    ApiKeyVerificationService,
    PinnedApiKeysService,
    RefusedKeysService,
    ApiKeysRepository,
    ApiKeysOfPersonRepository,
    ApiKeySecretsRepository,
    ApiKeyStatesRepository,
    ApiKeyUsageRepository,
  ],
  exports: [
    ApiKeysService,
    ApiKeyListService,
    ApiKeyRevocationService,
    ApiKeyRotationService,
    ApiKeyVerificationService,
    PinnedApiKeysService,
    RefusedKeysService,
  ],
})
export class ApiKeysModule {}
