import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { UsersModule } from '../users/users.module.js';
import { ARGON2_ENGINE, loadArgon2Engine } from './argon2-engine.js';
import { CredentialsRepository } from './credentials.repository.js';
import { CredentialsService } from './credentials.service.js';
import { ImportedPasswordsRepository } from './imported-passwords.repository.js';
import { ImportedPasswordsService } from './imported-passwords.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { ReauthenticationService } from './reauthentication.service.js';

@Module({
  imports: [AttemptsModule, MessagingModule, UsersModule],
  providers: [
    { provide: ARGON2_ENGINE, useFactory: loadArgon2Engine },
    CredentialsRepository,
    CredentialsService,
    ImportedPasswordsRepository,
    ImportedPasswordsService,
    PasswordHasher,
    PasswordPolicy,
    ReauthenticationService,
  ],
  exports: [
    CredentialsService,
    ImportedPasswordsRepository,
    ImportedPasswordsService,
    PasswordHasher,
    ReauthenticationService,
  ],
})
export class PasswordsModule {}
