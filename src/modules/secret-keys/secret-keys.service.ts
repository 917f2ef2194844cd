import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { ConfigError } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { SecretKeysRepository, type StoredSecretKey } from './secret-keys.repository.js';

/**
 * Reads the index keys at start. Each SECRET_KEY that servers use has a row with the same index keys, encrypted under
 * it, so that servers with different keys count and find the same rows. A server with none of these keys does not start.
 */
@Injectable()
export class SecretKeysService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly stored: SecretKeysRepository,
    private readonly keyring: Keyring,
  ) {}

  /** Throws ConfigError if the database is that of another SECRET_KEY. */
  async onModuleInit(): Promise<void> {
    const rows = await this.stored.list();
    const isKnown = rows.some(({ id }) => id === this.keyring.currentId);
    const indexKeys = isKnown ? this.open(rows) : await this.add();
    this.keyring.useIndexKeys(indexKeys);
    await this.reportUse();
  }

  /** Tells the operator of a rotation that this server makes new values under its key. */
  async reportUse(): Promise<void> {
    await this.stored.touch(this.keyring.currentId);
  }

  /** The keys that servers of this database use or have used; the first one is the oldest. */
  list(): Promise<StoredSecretKey[]> {
    return this.stored.list();
  }

  /** From then on, no other key than the current one starts a server. Call `onModuleInit` before. */
  async forgetOthers(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.stored.lock(tx);
      await this.stored.deleteOthers(tx, this.keyring.currentId);
    });
  }

  /** The keys are lost: what was hashed under their index keys is not found any more. */
  async replaceAll(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.stored.lock(tx);
      await this.stored.deleteOthers(tx, '');
      await this.insert(tx, this.keyring.deriveIndexKeys());
    });
  }

  /** Of servers that start at once on a new database, one chooses the index keys. */
  private add(): Promise<string> {
    return this.database.transaction(async (tx) => {
      const rows = await this.stored.lock(tx);
      const indexKeys = rows.length === 0 ? this.keyring.deriveIndexKeys() : this.open(rows);
      if (!rows.some(({ id }) => id === this.keyring.currentId)) await this.insert(tx, indexKeys);
      return indexKeys;
    });
  }

  private insert(tx: Transaction, indexKeys: string): Promise<void> {
    const { currentId } = this.keyring;
    return this.stored.insert(tx, currentId, this.keyring.encrypt('index-keys', indexKeys, currentId));
  }

  private open(rows: StoredSecretKey[]): string {
    const row = this.keyring.ids.flatMap((id) => rows.find((one) => one.id === id) ?? [])[0];
    if (!row) throw new ConfigError([unknownKey(rows)]);
    return this.keyring.decrypt('index-keys', row.indexKeysEncrypted, row.id);
  }
}

const unknownKey = (rows: StoredSecretKey[]): string =>
  `SECRET_KEY is not the key of this database, whose secrets are encrypted under the key with the id ${rows
    .map(({ id }) => id)
    .join(
      ' or ',
    )}: set that one or, if it is lost, see docs/secret-key.md. Example: SECRET_KEY=the key in your backup`;
