import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { CredentialsService } from './credentials.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { ReauthenticationService } from './reauthentication.service.js';

@Module({
  imports: [AttemptsModule],
  providers: [CredentialsService, PasswordHasher, PasswordPolicy, ReauthenticationService],
  exports: [CredentialsService, PasswordHasher, ReauthenticationService],
})
export class PasswordsModule {}
