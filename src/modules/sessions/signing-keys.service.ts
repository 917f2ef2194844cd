import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';

export interface SigningKey {
  kid: string;
  algorithm: 'ES256' | 'HS256';
  sign: KeyObject;
  verify: KeyObject;
  /** Published at `/.well-known/jwks.json`; absent for a shared secret. */
  publicJwk?: JsonWebKey;
}

interface KeyRow {
  id: string;
  public_jwk: JsonWebKey;
  private_encrypted: Buffer;
}

const RELOAD_INTERVAL_MS = 10_000;
const CREATE_LOCK = 7_303_014_002;

/** The keys access tokens are signed with: ES256, made by the first server, kept encrypted, shared by all. */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  private keys = new Map<string, SigningKey>();
  private newest: SigningKey;
  private loadedAt = 0;

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.SIGNING_ALG === 'HS256') return this.useSharedSecret(this.config.JWT_SECRET ?? '');
    await this.load();
    if (this.keys.size === 0) {
      await this.create();
      await this.load();
    }
  }

  get current(): SigningKey {
    return this.newest;
  }

  /** The key of this id, or null. An unknown id reads all keys again, but not more often than every ten seconds. */
  async find(kid: string): Promise<SigningKey | null> {
    const known = this.keys.get(kid);
    if (known || this.config.SIGNING_ALG === 'HS256' || Date.now() - this.loadedAt < RELOAD_INTERVAL_MS) {
      return known ?? null;
    }
    await this.load();
    return this.keys.get(kid) ?? null;
  }

  /** RFC 7517 §5: every key whose tokens may still be around, newest first. */
  publicJwks(): JsonWebKey[] {
    return [...this.keys.values()].flatMap((key) => (key.publicJwk ? [key.publicJwk] : []));
  }

  private async load(): Promise<void> {
    const rows = await this.database.run<KeyRow>(
      {
        name: 'load-signing-keys',
        text: `SELECT id, public_jwk, private_encrypted FROM signing_keys
               WHERE retired_at IS NULL OR retired_at > now() - interval '2 hours' ORDER BY created_at DESC, id`,
      },
      [],
    );
    this.keys = new Map(rows.map((row) => [row.id, this.open(row)]));
    this.loadedAt = Date.now();
    const [newest] = this.keys.values();
    if (newest) this.newest = newest;
  }

  private open(row: KeyRow): SigningKey {
    const pem = this.keyring.decrypt('signing-key-encryption', row.private_encrypted, row.id);
    return {
      kid: row.id,
      algorithm: 'ES256',
      sign: createPrivateKey(pem),
      verify: createPublicKey({ key: row.public_jwk, format: 'jwk' }),
      publicJwk: row.public_jwk,
    };
  }

  private async create(): Promise<void> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = pair.publicKey.export({ format: 'jwk' });
    // RFC 7638: the thumbprint is the hash of the required members in lexical order
    const kid = createHash('sha256')
      .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
      .digest('base64url');
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [CREATE_LOCK]);
      await tx.query(
        `INSERT INTO signing_keys (id, public_jwk, private_encrypted)
         SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM signing_keys WHERE retired_at IS NULL)`,
        [
          kid,
          { ...jwk, kid, use: 'sig', alg: 'ES256' },
          this.keyring.encrypt('signing-key-encryption', pem, kid),
        ],
      );
    });
  }

  private useSharedSecret(secret: string): void {
    const key = createSecretKey(Buffer.from(secret));
    this.newest = { kid: 'shared', algorithm: 'HS256', sign: key, verify: key };
    this.keys.set(this.newest.kid, this.newest);
  }
}
