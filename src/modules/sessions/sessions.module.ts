import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SecretKeysModule } from '../secret-keys/secret-keys.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { DirectSignInsRepository } from './direct-sign-ins.repository.js';
import { DirectSignInsService } from './direct-sign-ins.service.js';
import { ImpersonationsRepository } from './impersonations.repository.js';
import { ImpersonationsService } from './impersonations.service.js';
import { KnownAddressesService } from './known-addresses.service.js';
import { PendingSignInsRepository } from './pending-sign-ins.repository.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { ReissueService } from './reissue.service.js';
import { RenewalService } from './renewal.service.js';
import { RotationService } from './rotation.service.js';
import { SessionReissueRepository } from './session-reissue.repository.js';
import { SessionRotationRepository } from './session-rotation.repository.js';
import { SessionStatesRepository } from './session-states.repository.js';
import { SessionStatesService } from './session-states.service.js';
import { SessionSwitchRepository } from './session-switch.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeysService } from './signing-keys.service.js';
import { SwitchService } from './switch.service.js';

// SecretKeysModule: its check of SECRET_KEY precedes the reading of the signing keys
@Module({
  imports: [
    JwtModule.register({}),
    AttemptsModule,
    AuditModule,
    MessagingModule,
    SecretKeysModule,
    SecretsModule,
  ],
  providers: [
    PendingSignInsService,
    SessionsService,
    SessionStatesService,
    RefreshService,
    RefreshTokensService,
    ReissueService,
    RenewalService,
    RotationService,
    AccessTokensService,
    SigningKeyStore,
    SigningKeysService,
    SwitchService,
    KnownAddressesService,
    DirectSignInsService,
    DirectSignInsRepository,
    ImpersonationsService,
    ImpersonationsRepository,
    PendingSignInsRepository,
    SessionReissueRepository,
    SessionRotationRepository,
    SessionStatesRepository,
    SessionSwitchRepository,
    SessionsRepository,
    SigningKeysRepository,
  ],
  exports: [
    SigningKeyStore,
    PendingSignInsService,
    SessionsService,
    SessionStatesService,
    RefreshService,
    ReissueService,
    RenewalService,
    AccessTokensService,
    SigningKeysService,
    SwitchService,
    KnownAddressesService,
    DirectSignInsService,
    ImpersonationsService,
  ],
})
export class SessionsModule {}
