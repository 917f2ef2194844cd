import { Injectable } from '@nestjs/common';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { Keyring } from '../../common/keyring.js';
import { Database, type Tx } from '../../database/database.js';
import {
  ACTIVATE_NEXT,
  INSERT_ACTIVE,
  INSERT_NEXT,
  type KeyRow,
  READ_KEYS,
  REENCRYPT_KEY,
} from './signing-keys.queries.js';

const LOCK = 7_303_014_002;
const PURPOSE = 'signing-key-encryption';

/**
 * The signing keys as the database has them, which all servers share. There is always one that signs, and one that is
 * published to follow it: so no server signs with a key that a cache may not know.
 */
@Injectable()
export class SigningKeyStore {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /** The one that signs first. */
  read(): Promise<KeyRow[]> {
    return this.database.run<KeyRow>(READ_KEYS, []);
  }

  /** Throws where neither SECRET_KEY nor the previous one decrypts it. */
  open({ id, private_encrypted: encrypted }: KeyRow): string {
    return this.keyring.decrypt(PURPOSE, encrypted, id);
  }

  /** Under the current SECRET_KEY, so that the previous one can be taken away. */
  async reencrypt({ id, private_encrypted: encrypted }: KeyRow): Promise<void> {
    const renewed = this.keyring.reencrypt(PURPOSE, encrypted, id);
    if (renewed) await this.database.run(REENCRYPT_KEY, [id, encrypted, renewed]);
  }

  /** Makes the keys that are missing. Of parallel calls, on whatever server, one does. */
  complete(): Promise<void> {
    return this.change((tx) => this.fill(tx));
  }

  /** Work on the keys, which one server does at a time. */
  change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.acrossTenants(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      return work(tx);
    });
  }

  /** To be called within `change`. */
  async fill(tx: Tx): Promise<void> {
    await tx.query(ACTIVATE_NEXT);
    await tx.query(INSERT_ACTIVE, this.generate());
    await tx.query(INSERT_NEXT, this.generate());
  }

  private generate(): [id: string, publicJwk: object, encrypted: Buffer] {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = pair.publicKey.export({ format: 'jwk' });
    // RFC 7638: the thumbprint is the hash of the required members in lexical order
    const kid = createHash('sha256')
      .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
      .digest('base64url');
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return [kid, { ...jwk, kid, use: 'sig', alg: 'ES256' }, this.keyring.encrypt(PURPOSE, pem, kid)];
  }
}
