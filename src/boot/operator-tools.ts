import type { Keyring } from '../common/keyring.js';
import { Log } from '../common/log.js';
import type { Config } from '../config/config.js';
import { loadKeyring } from '../config/load-keyring.js';
import type { DataSources } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { AuditService } from '../modules/audit/audit.service.js';
import { AuditEventsRepository } from '../modules/audit/audit-events.repository.js';
import { BulkRevocationRepository } from '../modules/bulk-revocation/bulk-revocation.repository.js';
import { BulkRevocationService } from '../modules/bulk-revocation/bulk-revocation.service.js';
import { EncryptedAnswersRepository } from '../modules/idempotency/encrypted-answers.repository.js';
import { EncryptedMessagesRepository } from '../modules/messaging/encrypted-messages.repository.js';
import { EncryptedOperatorSeedsRepository } from '../modules/operator-accounts/encrypted-operator-seeds.repository.js';
import { ImportedPasswordsRepository } from '../modules/passwords/imported-passwords.repository.js';
import { RekeyingService } from '../modules/rekeying/rekeying.service.js';
import { SecretKeysRepository } from '../modules/secret-keys/secret-keys.repository.js';
import { SecretKeysService } from '../modules/secret-keys/secret-keys.service.js';
import { SigningKeyStore } from '../modules/sessions/signing-key-store.js';
import { SigningKeysRepository } from '../modules/sessions/signing-keys.repository.js';
import { EncryptedSeedsRepository } from '../modules/two-factor/encrypted-seeds.repository.js';
import { openDatabase } from './open-database.js';

/** What the operator's commands work with: no application, so that no background work begins. */
export interface OperatorTools {
  keyring: Keyring;
  secretKeys: SecretKeysService;
  revocation: BulkRevocationService;
  rekeying: RekeyingService;
}

/** On open connections. The index keys are not read: see `SecretKeysService.onModuleInit`. */
export function operatorTools(config: Config, { dataSource, acrossTenants }: DataSources): OperatorTools {
  const database = new Database(dataSource, acrossTenants);
  const keyring = loadKeyring(config);
  const signingKeys = new SigningKeyStore(database, new SigningKeysRepository(database), keyring);
  const audit = new AuditService(new AuditEventsRepository());
  const seeds = new EncryptedSeedsRepository(database);
  const messages = new EncryptedMessagesRepository(database);
  const answers = new EncryptedAnswersRepository(database);
  const operatorSeeds = new EncryptedOperatorSeedsRepository(database);
  const passwords = new ImportedPasswordsRepository(database);
  const revocations = new BulkRevocationRepository(database);
  return {
    keyring,
    secretKeys: new SecretKeysService(database, new SecretKeysRepository(database), keyring),
    revocation: new BulkRevocationService(database, revocations, signingKeys, audit),
    rekeying: new RekeyingService(keyring, signingKeys, seeds, messages, answers, operatorSeeds, passwords),
  };
}

/** Connects to DATABASE_URL, and closes the connections when the work has ended. */
export async function withOperatorTools(
  config: Config,
  work: (tools: OperatorTools) => Promise<void>,
): Promise<void> {
  const opened = await openDatabase(config, new Log('error'), { migrates: false, joins: true });
  try {
    await work(operatorTools(config, opened));
  } finally {
    await opened.close();
  }
}
