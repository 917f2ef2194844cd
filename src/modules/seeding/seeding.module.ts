import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PeopleImportModule } from '../people-import/people-import.module.js';
import { ServiceAccountsModule } from '../service-accounts/service-accounts.module.js';
import { SeedingService } from './seeding.service.js';

/** For ephemeral servers only. */
@Module({
  imports: [ApiKeysModule, PasswordsModule, PeopleImportModule, ServiceAccountsModule],
  providers: [SeedingService],
  exports: [SeedingService],
})
export class SeedingModule {}
