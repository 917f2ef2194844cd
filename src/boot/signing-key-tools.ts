import { Log } from '../common/log.js';
import type { Config } from '../config/config.js';
import { loadKeyring } from '../config/load-keyring.js';
import { Database } from '../database/database.js';
import { AuditService } from '../modules/audit/audit.service.js';
import { AuditEventsRepository } from '../modules/audit/audit-events.repository.js';
import { SigningKeyRotation } from '../modules/sessions/signing-key-rotation.js';
import { SigningKeyStore } from '../modules/sessions/signing-key-store.js';
import { SigningKeysRepository } from '../modules/sessions/signing-keys.repository.js';
import { openDatabase } from './open-database.js';

export { SigningKeyRefused } from '../modules/sessions/signing-key-rotation.js';

/** Connects to DATABASE_URL, and closes the connections when the work has ended. No application is started. */
export async function withSigningKeys<T>(
  config: Config,
  work: (keys: SigningKeyRotation) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase(config, new Log('error'), { migrates: false, joins: true });
  try {
    const database = new Database(opened.dataSource, opened.acrossTenants);
    const stored = new SigningKeysRepository(database);
    const store = new SigningKeyStore(database, stored, loadKeyring(config));
    const audit = new AuditService(new AuditEventsRepository());
    return await work(new SigningKeyRotation(store, stored, audit));
  } finally {
    await opened.close();
  }
}
