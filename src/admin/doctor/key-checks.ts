import { SecretUnreadable } from '../../common/keyring.js';
import type { Config } from '../../config/config.js';
import { loadKeyring } from '../../config/load-keyring.js';
import type { DataSources } from '../../database/data-source.js';
import { Database } from '../../database/database.js';
import { SecretKeysRepository } from '../../modules/secret-keys/secret-keys.repository.js';
import { SecretKeysService } from '../../modules/secret-keys/secret-keys.service.js';
import { SigningKeyStore } from '../../modules/sessions/signing-key-store.js';
import { SigningKeysRepository } from '../../modules/sessions/signing-keys.repository.js';
import { fail, type Finding, ok, warn } from './finding.js';

/** Whether SECRET_KEY is that of the database, and opens the signing keys. Writes nothing. */
export async function checkKeys(
  config: Config,
  { dataSource, acrossTenants }: DataSources,
): Promise<Finding[]> {
  const database = new Database(dataSource, acrossTenants);
  const keyring = loadKeyring(config);
  const known = await new SecretKeysService(database, new SecretKeysRepository(database), keyring).list();
  if (known.length === 0) return [ok('SECRET_KEY', 'no server has used this database yet')];
  if (!known.some(({ id }) => keyring.ids.includes(id))) {
    const text = `has the id ${keyring.currentId}; the secrets of the database are under ${known.map(({ id }) => id).join(', ')}`;
    return [fail('SECRET_KEY', text, 'Use the SECRET_KEY of this database (docs/secret-key.md).')];
  }
  const others = known.filter(({ id }) => id !== keyring.currentId).length;
  const key =
    others === 0
      ? ok('SECRET_KEY', `has the id ${keyring.currentId}`)
      : warn('SECRET_KEY', 'a rotation is not finished', 'Run `npm run rekey` (docs/secret-key.md).');
  return [
    key,
    await checkSigningKeys(new SigningKeyStore(database, new SigningKeysRepository(database), keyring)),
  ];
}

async function checkSigningKeys(store: SigningKeyStore): Promise<Finding> {
  const keys = await store.read();
  if (keys.length === 0) return ok('signing keys', 'the first server creates them');
  try {
    for (const one of keys) store.open(one);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    return fail(
      'signing keys',
      'SECRET_KEY does not open them',
      'Set SECRET_KEY_PREVIOUS (docs/secret-key.md).',
    );
  }
  return ok('signing keys', `${keys.length}, all readable`);
}
