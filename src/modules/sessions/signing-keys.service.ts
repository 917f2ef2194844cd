import type { JsonWebKey } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { SigningKeysUnavailable } from './sessions.errors.js';
import { canSign, type OwnSigningKey, sharedKey, type SigningKey, toSigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key-store.js';
import type { StoredSigningKey } from './signing-keys.repository.js';

/** The time a cache may use the published keys: shorter than a key is published before it signs. */
export const JWKS_MAX_AGE_SECONDS = 60;

/** Reads per SIGNING_KEYS_MAX_AGE_SECONDS: one read may fail without the keys becoming too old. */
const READS_PER_MAX_AGE = 2.5;
/** An unknown key id triggers a read of the keys, at most once per this interval. */
const UNKNOWN_KEY_INTERVAL_MS = 1_000;
const PUBLISH_WITHIN_MS = 1_000;

/**
 * The signing keys of access tokens, reloaded periodically in the background; a request waits for a reload only if one
 * is overdue. Every server rejects a removed key and stops signing with a retired one within
 * SIGNING_KEYS_MAX_AGE_SECONDS. When the keys can no longer be read, no key is accepted.
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

  /** Fails the start of the server if a key cannot be decrypted. */
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

  /**
   * Ensures that the keys are younger than SIGNING_KEYS_MAX_AGE_SECONDS; reads them only if they are not. Throws if
   * they cannot be read.
   */
  async refresh(): Promise<void> {
    if (this.isOlderThan(this.maxAgeMs)) await this.readAgain();
  }

  /** The key with this id, or null. Throws as `refresh` does. */
  async find(kid: string): Promise<SigningKey | null> {
    await this.refresh();
    const known = this.keys.get(kid);
    if (known || !this.isOlderThan(UNKNOWN_KEY_INTERVAL_MS)) return known ?? null;
    await this.readAgain();
    return this.keys.get(kid) ?? null;
  }

  /** Whether a key returned by `find` is still valid, by the latest read. */
  isValid(key: SigningKey): boolean {
    return this.keys.get(key.kid) === key && !this.isOlderThan(this.maxAgeMs);
  }

  /**
   * RFC 7517 §5: every key whose tokens may still be valid, the active one first. Reads the keys for this call, so that
   * a key is published as soon as any server signs with it. If the database does not respond in time, returns the keys
   * read last.
   */
  async publish(): Promise<JsonWebKey[]> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, PUBLISH_WITHIN_MS).unref());
    await Promise.race([this.readAgain().catch(() => undefined), late]);
    return [...this.keys.values()].flatMap((key) => (key.publicJwk ? [key.publicJwk] : []));
  }

  private get isShared(): boolean {
    return this.config.SIGNING_ALG === 'HS256';
  }

  private get isStarting(): boolean {
    return this.keys.size === 0;
  }

  /** After the clock was set back, everything counts as old. */
  private isOlderThan(milliseconds: number): boolean {
    const age = Date.now() - this.readAt;
    return !this.isShared && !(age >= 0 && age < milliseconds);
  }

  /** Starts a new read: one already in flight may have read older data. */
  private async readAgain(): Promise<void> {
    await this.reading?.catch(() => undefined);
    await this.read();
  }

  /** At most one read at a time. */
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
    // Keep keys decrypted earlier: meanwhile they may be encrypted under a SECRET_KEY that this server does not know
    const opened = rows.map((row) => this.keys.get(row.id) ?? this.open(row));
    for (const [index, row] of rows.entries())
      if (!this.keys.has(row.id) && opened[index]?.sign) await this.store.reencrypt(row);
    this.keys = new Map(opened.map((key) => [key.kid, key]));
    const [first] = opened;
    this.signer = rows[0]?.state === 'active' && canSign(first) ? first : null;
    this.readAt = began;
  }

  private async readComplete(): Promise<StoredSigningKey[]> {
    const rows = await this.store.read();
    const states = new Set(rows.map(({ state }) => state));
    if (states.has('active') && states.has('next')) return rows;
    await this.store.complete();
    return this.store.read();
  }

  /** A running server continues without a key it cannot decrypt; a starting one fails. */
  private open(row: StoredSigningKey): SigningKey {
    try {
      return toSigningKey(row, this.store.open(row));
    } catch (error) {
      if (this.isStarting) throw error;
      this.logger.error(`The key ${row.id} cannot sign: ${(error as Error).message}`);
      return toSigningKey(row, null);
    }
  }

  /** Logs the first failure and the recovery, not every attempt. */
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
