import { Module } from '@nestjs/common';
import { SecretKeysRepository } from './secret-keys.repository.js';
import { SecretKeysService } from './secret-keys.service.js';

/** Prepares the keyring of the whole application: every application imports it. */
@Module({
  providers: [SecretKeysRepository, SecretKeysService],
  exports: [SecretKeysRepository, SecretKeysService],
})
export class SecretKeysModule {}
