import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { KnownAddressesService } from './known-addresses.service.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { ReissueService } from './reissue.service.js';
import { RenewalService } from './renewal.service.js';
import { RotationService } from './rotation.service.js';
import { SessionStatesService } from './session-states.service.js';
import { SessionsService } from './sessions.service.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysService } from './signing-keys.service.js';
import { SwitchService } from './switch.service.js';

@Module({
  imports: [JwtModule.register({}), AttemptsModule, AuditModule, MessagingModule, SecretsModule],
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
  ],
  exports: [
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
  ],
})
export class SessionsModule {}
