import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';
import { AsyncScope } from '../../common/async-scope.js';
import { normalize } from '../../common/bounded-text.js';
import { CONFIG, type Config } from '../../config/config.js';
import { ARGON2_ENGINE, type Argon2Engine, type Argon2Parameters } from './argon2-engine.js';
import { HashingOverloaded } from './passwords.errors.js';

/** Returns false if the hash is null, after the work of a comparison. Rejects if it cannot parse the hash. */
export type VerifyPassword = (hash: string | null, password: string) => Promise<boolean>;

/**
 * Argon2id with the configured cost. At most HASH_CONCURRENCY operations run at once in the process and
 * HASH_QUEUE_LIMIT wait; further ones fail with HashingOverloaded before they start. Passwords are normalised to NFC
 * and otherwise unchanged.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly limit: LimitFunction;
  private readonly capacity: number;
  private readonly parameters: Argon2Parameters;
  private admitted = 0;
  /** Set where the running work has a place. */
  private readonly places = new AsyncScope<true>();
  private decoy?: Promise<string>;

  constructor(
    @Inject(ARGON2_ENGINE) private readonly engine: Argon2Engine,
    @Inject(CONFIG) config: Config,
  ) {
    this.limit = pLimit(config.HASH_CONCURRENCY);
    this.capacity = config.HASH_CONCURRENCY + config.HASH_QUEUE_LIMIT;
    this.parameters = { memoryKib: config.ARGON2_MEMORY_KIB, timeCost: config.ARGON2_TIME_COST };
  }

  /** Computes the decoy hash at start, so that the first unknown user takes no longer than later ones. */
  async onModuleInit(): Promise<void> {
    await this.loadDecoy();
  }

  /** The current number of operations. */
  get load(): { running: number; waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  /** Whether `admit` would throw. */
  get isFull(): boolean {
    return this.admitted >= this.capacity;
  }

  hash(password: string): Promise<string> {
    return this.limited(() => this.hashNow(password));
  }

  /** Takes the same work whether or not there is a hash; returns false if there is none. */
  verify(hash: string | null, password: string): Promise<boolean> {
    return this.limited((verify) => verify(hash, password));
  }

  /**
   * Runs `work` once a permit is free and keeps the permit until `work` settles. Use it for a step that must directly
   * precede a comparison, such as counting the attempt: the step is not done for calls that still wait or are rejected.
   * Inside `work`, call only the given `verify`: the hasher's own methods would wait for a second permit and can
   * deadlock.
   */
  limited<T>(work: (verify: VerifyPassword) => Promise<T>): Promise<T> {
    return this.admit(() => this.limit(() => work((hash, password) => this.verifyNow(hash, password))));
  }

  /**
   * Runs work that comes to an operation later, and has a place for it from the beginning: call it before the first
   * statement, so that nothing is done for a request that is refused. Throws HashingOverloaded.
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.places.current) return work();
    if (this.isFull) throw new HashingOverloaded();
    this.admitted += 1;
    try {
      return await this.places.run(true, work);
    } finally {
      this.admitted -= 1;
    }
  }

  /** True unless the hash is argon2id at the configured cost or above. */
  needsRehash(hash: string): boolean {
    const [, algorithm, version, costs] = hash.split('$');
    if (algorithm !== 'argon2id' || version !== 'v=19') return true;
    const cost = new Map(costs?.split(',').map((pair) => pair.split('=') as [string, string]));
    const isAtLeast = (name: string, floor: number) => Number(cost.get(name)) >= floor;
    return !isAtLeast('m', this.parameters.memoryKib) || !isAtLeast('t', this.parameters.timeCost);
  }

  private hashNow(password: string): Promise<string> {
    return this.engine.hash(encode(password), this.parameters);
  }

  private async verifyNow(hash: string | null, password: string): Promise<boolean> {
    const matches = await this.engine.verify(hash ?? (await this.loadDecoy()), encode(password));
    return hash !== null && matches;
  }

  private loadDecoy(): Promise<string> {
    return (this.decoy ??= this.hashNow(randomBytes(32).toString('base64')));
  }
}

function encode(password: string): Buffer {
  return Buffer.from(normalize(password, 'NFC'));
}
