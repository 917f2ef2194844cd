import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { JsonWebKey } from 'node:crypto';
import { CONFIG, type Config } from '../../config/config.js';
import { SigningKeysUnavailable } from './sessions.errors.js';
import { canSign, type OwnSigningKey, sharedKey, type SigningKey, toSigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key-store.js';
import type { KeyRow } from './signing-keys.queries.js';

/** A cache may go on for so long with the keys it was given: less than a key is published before it signs. */
export const JWKS_MAX_AGE_SECONDS = 60;

/** The keys are read so often within SIGNING_KEYS_MAX_AGE_SECONDS that one read may fail. */
const READS_PER_MAX_AGE = 2.5;
/** A key id that nobody knows has the keys read again, but no more often than this. */
const UNKNOWN_KEY_INTERVAL_MS = 1_000;
const PUBLISH_WITHIN_MS = 1_000;

/**
 * The keys access tokens are signed with, as they were a moment ago: read again and again beside the requests, which
 * wait for that only where it is late. So every server refuses a removed key within SIGNING_KEYS_MAX_AGE_SECONDS, and
 * stops signing with a retired one as soon, whatever it is asked for. Where the keys cannot be read any more, none counts.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SigningKeys');
  private readonly maxAgeMs: number;
  private readonly maxSigningAgeMs: number;
  private keys = new Map<string, SigningKey>();
  private signer: OwnSigningKey | null = null;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isFailing = false;

  constructor(
    private readonly store: SigningKeyStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.maxAgeMs = config.SIGNING_KEYS_MAX_AGE_SECONDS * 1000;
    this.maxSigningAgeMs = config.SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS * 1000;
  }

  /** The server does not start on a key that it cannot decrypt. */
  async onModuleInit(): Promise<void> {
    if (this.isShared) this.useShared(sharedKey(this.config.JWT_SECRET ?? ''));
    else await this.read();
  }

  onApplicationBootstrap(): void {
    if (this.isShared) return;
    const again = () => void this.read().catch(() => undefined);
    this.timer = setInterval(again, this.maxAgeMs / READS_PER_MAX_AGE).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.reading?.catch(() => undefined);
  }

  /** The key to sign with. Throws SigningKeysUnavailable. */
  get current(): OwnSigningKey {
    if (!this.signer || this.isOlderThan(this.maxSigningAgeMs)) throw new SigningKeysUnavailable();
    return this.signer;
  }

  /** Sees to it that the keys are those of a moment ago: at once, unless a read is late. Throws where they cannot be read. */
  async refresh(): Promise<void> {
    if (this.isOlderThan(this.maxAgeMs)) await this.readAnew();
  }

  /** The key of this id, or null. Throws as `refresh` does. */
  async find(kid: string): Promise<SigningKey | null> {
    await this.refresh();
    const known = this.keys.get(kid);
    if (known || !this.isOlderThan(UNKNOWN_KEY_INTERVAL_MS)) return known ?? null;
    await this.readAnew();
    return this.keys.get(kid) ?? null;
  }

  /** Whether the key, which `find` gave, still counts, by what was read a moment ago. */
  isValid(key: SigningKey): boolean {
    return this.keys.get(key.kid) === key && !this.isOlderThan(this.maxAgeMs);
  }

  /**
   * RFC 7517 §5: every key whose tokens may be around, the one that signs first. Read for this call, so that they are
   * there as soon as any server signs with them; those that were read last where the database does not answer soon.
   */
  async publish(): Promise<JsonWebKey[]> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, PUBLISH_WITHIN_MS).unref());
    await Promise.race([this.readAnew().catch(() => undefined), late]);
    return [...this.keys.values()].flatMap((key) => (key.publicJwk ? [key.publicJwk] : []));
  }

  private get isShared(): boolean {
    return this.config.SIGNING_ALG === 'HS256';
  }

  private get isStarting(): boolean {
    return this.keys.size === 0;
  }

  /** A clock that was set back makes everything old. */
  private isOlderThan(milliseconds: number): boolean {
    const age = Date.now() - this.readAt;
    return !this.isShared && !(age >= 0 && age < milliseconds);
  }

  /** A read that begins after the call: one that is on its way may have looked before. */
  private async readAnew(): Promise<void> {
    await this.reading?.catch(() => undefined);
    await this.read();
  }

  /** One at a time. */
  private read(): Promise<void> {
    if (this.isShared) return Promise.resolve();
    this.reading ??= this.load()
      .then(
        () => this.report(null),
        (error: unknown) => {
          this.report(error);
          throw error;
        },
      )
      .finally(() => (this.reading = null));
    return this.reading;
  }

  private async load(): Promise<void> {
    const began = Date.now();
    const rows = await this.readComplete();
    // What was decrypted stays so: it may be encrypted under a SECRET_KEY by now that this server does not know
    const opened = rows.map((row) => this.keys.get(row.id) ?? this.open(row));
    for (const [index, row] of rows.entries())
      if (!this.keys.has(row.id) && opened[index]?.sign) await this.store.reencrypt(row);
    this.keys = new Map(opened.map((key) => [key.kid, key]));
    const [first] = opened;
    this.signer = rows[0]?.state === 'active' && canSign(first) ? first : null;
    this.readAt = began;
  }

  private async readComplete(): Promise<KeyRow[]> {
    const rows = await this.store.read();
    const states = new Set(rows.map(({ state }) => state));
    if (states.has('active') && states.has('next')) return rows;
    await this.store.complete();
    return this.store.read();
  }

  /** Only a server that runs already goes on without being able to decrypt a key. */
  private open(row: KeyRow): SigningKey {
    try {
      return toSigningKey(row, this.store.open(row));
    } catch (error) {
      if (this.isStarting) throw error;
      this.logger.error(`The key ${row.id} cannot sign: ${(error as Error).message}`);
      return toSigningKey(row, null);
    }
  }

  /** In the log when it begins and when it is over, not at each try. */
  private report(error: unknown): void {
    const isFailing = error !== null;
    if (isFailing === this.isFailing || this.isStarting) return;
    this.isFailing = isFailing;
    if (isFailing) this.logger.warn(`The signing keys cannot be read: ${String((error as Error).message)}`);
    else this.logger.log('The signing keys are read again');
  }

  private useShared(key: OwnSigningKey): void {
    this.signer = key;
    this.keys.set(key.kid, key);
  }
}
