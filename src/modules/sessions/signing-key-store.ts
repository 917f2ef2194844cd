import { createHash, generateKeyPairSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import {
  type NewSigningKey,
  SigningKeysRepository,
  type StoredSigningKey,
} from './signing-keys.repository.js';

const PURPOSE = 'signing-key-encryption';

/**
 * The signing keys in the database, shared by all servers. There is always one active key and one published next key,
 * so that no server signs with a key a cache may not know.
 */
@Injectable()
export class SigningKeyStore {
  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeysRepository,
    private readonly keyring: Keyring,
  ) {}

  /** The active key comes first. */
  read(): Promise<StoredSigningKey[]> {
    return this.keys.read();
  }

  /** Decrypts the private key. Throws if neither SECRET_KEY nor the previous one decrypts it. */
  open({ id, encrypted }: StoredSigningKey): string {
    return this.keyring.decrypt(PURPOSE, encrypted, id);
  }

  /** Encrypts the key under the current SECRET_KEY. Returns false if it was. Throws if no key opens it. */
  async reencrypt(key: StoredSigningKey): Promise<boolean> {
    const renewed = this.keyring.reencrypt(PURPOSE, key.encrypted, key.id);
    if (renewed) await this.keys.reencrypt(key, renewed);
    return renewed !== null;
  }

  /** Creates missing keys. Of parallel calls on any servers, one does. */
  complete(): Promise<void> {
    return this.change((tx) => this.fill(tx));
  }

  /** Runs `work` under an advisory lock: one server at a time changes the keys. */
  change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.acrossTenants(async (tx) => {
      await this.keys.lock(tx);
      return work(tx);
    });
  }

  /** Call this within `change`. */
  async fill(tx: Transaction): Promise<void> {
    await this.keys.activateNext(tx);
    await this.keys.insertActive(tx, this.generate());
    await this.keys.insertNext(tx, this.generate());
  }

  /** Removes the keys created before this time, and replaces them. Returns their number. */
  replaceOlder(before: Date): Promise<number> {
    return this.change(async (tx) => {
      const removed = await this.keys.deleteOlder(tx, before);
      if (removed > 0) await this.fill(tx);
      return removed;
    });
  }

  private generate(): NewSigningKey {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = pair.publicKey.export({ format: 'jwk' });
    // RFC 7638: the thumbprint is the hash of the required members in lexical order
    const kid = createHash('sha256')
      .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
      .digest('base64url');
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const publicJwk = { ...jwk, kid, use: 'sig', alg: 'ES256' };
    return { id: kid, publicJwk, encrypted: this.keyring.encrypt(PURPOSE, pem, kid) };
  }
}
