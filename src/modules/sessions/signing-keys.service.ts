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
  retired: boolean;
}

const RELOAD_INTERVAL_MS = 10_000;
/** How long a server may not have heard that a key was retired. */
const MAX_AGE_MS = 60_000;
const CREATE_LOCK = 7_303_014_002;

/**
 * The keys access tokens are signed with: ES256, made by the first server, kept encrypted, shared by all. One that is
 * retired (`retired_at`) has a successor within a minute, and verifies for two hours more.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  private keys = new Map<string, SigningKey>();
  private newest: SigningKey;
  private loadedAt = 0;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.SIGNING_ALG === 'HS256') return this.useSharedSecret(this.config.JWT_SECRET ?? '');
    await this.load();
  }

  get current(): SigningKey {
    return this.newest;
  }

  /**
   * The key of this id, or null. All keys are read again every minute; an unknown id has them read, too, but not more
   * often than every ten seconds.
   */
  async find(kid: string): Promise<SigningKey | null> {
    const maxAge = this.keys.has(kid) ? MAX_AGE_MS : RELOAD_INTERVAL_MS;
    if (this.config.SIGNING_ALG !== 'HS256' && Date.now() - this.loadedAt >= maxAge) {
      await (this.loading ??= this.load().finally(() => (this.loading = null)));
    }
    return this.keys.get(kid) ?? null;
  }

  /** RFC 7517 §5: every key whose tokens may still be around, newest first. */
  publicJwks(): JsonWebKey[] {
    return [...this.keys.values()].flatMap((key) => (key.publicJwk ? [key.publicJwk] : []));
  }

  private async load(): Promise<void> {
    let rows = await this.read();
    if (rows.every(({ retired }) => retired)) {
      await this.create();
      rows = await this.read();
    }
    // What was opened stays open: it may be sealed under a SECRET_KEY by now that this server does not know
    const keys = new Map(rows.map((row) => [row.id, this.keys.get(row.id) ?? this.open(row)]));
    for (const row of rows) if (!this.keys.has(row.id)) await this.reseal(row);
    this.keys = keys;
    this.loadedAt = Date.now();
    const newest = rows.find(({ retired }) => !retired);
    this.newest = (newest && keys.get(newest.id)) ?? this.newest;
  }

  private read(): Promise<KeyRow[]> {
    return this.database.run<KeyRow>(
      {
        name: 'load-signing-keys',
        text: `SELECT id, public_jwk, private_encrypted, retired_at IS NOT NULL AS retired FROM signing_keys
               WHERE retired_at IS NULL OR retired_at > now() - interval '2 hours' ORDER BY created_at DESC, id`,
      },
      [],
    );
  }

  /** Under the current SECRET_KEY, so that the previous one can be taken away. */
  private async reseal({ id, private_encrypted: sealed }: KeyRow): Promise<void> {
    const resealed = this.keyring.reseal('signing-key-encryption', sealed, id);
    if (!resealed) return;
    await this.database.run(
      {
        name: 'reseal-signing-key',
        text: 'UPDATE signing_keys SET private_encrypted = $3 WHERE id = $1 AND private_encrypted = $2',
      },
      [id, sealed, resealed],
    );
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
