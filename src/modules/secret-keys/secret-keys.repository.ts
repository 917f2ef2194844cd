import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';

export interface StoredSecretKey {
  id: string;
  indexKeysEncrypted: Buffer;
  lastUsedAt: Date;
}

const LOCK = 7_303_014_003;

/** The SECRET_KEYs that the servers of this database use. They belong to no tenant. */
@Injectable()
export class SecretKeysRepository {
  constructor(private readonly database: Database) {}

  list(): Promise<StoredSecretKey[]> {
    return this.database.autocommit.many<StoredSecretKey>(LIST);
  }

  /** As `list`; until the transaction ends, no other one adds or removes a key. */
  async lock(tx: Transaction): Promise<StoredSecretKey[]> {
    await tx.execute('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    return tx.many<StoredSecretKey>(LIST);
  }

  async insert(tx: Transaction, id: string, indexKeysEncrypted: Buffer): Promise<void> {
    await tx.execute(INSERT, [id, indexKeysEncrypted]);
  }

  /** Reports that new values are made under this key. Does nothing if it was reported within the last minutes. */
  async touch(id: string): Promise<void> {
    await this.database.autocommit.execute(TOUCH, [id]);
  }

  /** Deletes every key but this one. */
  async deleteOthers(tx: Transaction, id: string): Promise<void> {
    await tx.execute('DELETE FROM secret_keys WHERE id <> $1', [id]);
  }
}

const LIST = `
  SELECT id, index_keys_encrypted AS "indexKeysEncrypted", last_used_at AS "lastUsedAt" FROM secret_keys
  ORDER BY created_at, id`;

/** $1 id, $2 encrypted index keys. */
const INSERT = 'INSERT INTO secret_keys (id, index_keys_encrypted) VALUES ($1, $2)';

/** $1 id. */
const TOUCH = `
  UPDATE secret_keys SET last_used_at = now() WHERE id = $1 AND last_used_at < now() - interval '5 minutes'`;
