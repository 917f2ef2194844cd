import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OperatorAccountsModule } from '../operator-accounts/operator-accounts.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretKeysModule } from '../secret-keys/secret-keys.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { RekeyingService } from './rekeying.service.js';
import { RekeyingWatch } from './rekeying-watch.js';

/** Above every module that stores encrypted values. */
@Module({
  imports: [
    IdempotencyModule,
    MessagingModule,
    OperatorAccountsModule,
    PasswordsModule,
    SecretKeysModule,
    SessionsModule,
    TwoFactorModule,
  ],
  providers: [RekeyingService, RekeyingWatch],
  exports: [RekeyingWatch],
})
export class RekeyingModule {}
