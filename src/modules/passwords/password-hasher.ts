import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import pLimit, { type LimitFunction } from 'p-limit';
import { normalize } from '../../common/bounded-text.js';
import { CONFIG, type Config } from '../../config/config.js';
import { ARGON2_ENGINE, type Argon2Engine, type Argon2Parameters } from './argon2-engine.js';
import { HashingOverloaded } from './passwords.errors.js';

/** Without a hash, does the work of a comparison and answers false. Rejects on a hash it cannot read. */
export type VerifyPassword = (hash: string | null, password: string) => Promise<boolean>;

/**
 * argon2id under the configured cost. At most HASH_CONCURRENCY pieces of work run at once in the process and
 * HASH_QUEUE_LIMIT wait; what comes beyond is refused with HashingOverloaded before it starts. NFC is the only
 * change ever made to a password.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly limit: LimitFunction;
  private readonly capacity: number;
  private readonly parameters: Argon2Parameters;
  private decoy?: Promise<string>;

  constructor(
    @Inject(ARGON2_ENGINE) private readonly engine: Argon2Engine,
    @Inject(CONFIG) config: Config,
  ) {
    this.limit = pLimit(config.HASH_CONCURRENCY);
    this.capacity = config.HASH_CONCURRENCY + config.HASH_QUEUE_LIMIT;
    this.parameters = { memoryKib: config.ARGON2_MEMORY_KIB, timeCost: config.ARGON2_TIME_COST };
  }

  /** Makes the decoy ahead, so that the first unknown user costs no more than the next. */
  async onModuleInit(): Promise<void> {
    await this.loadDecoy();
  }

  /** Pieces of work now. */
  get load(): { running: number; waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  hash(password: string): Promise<string> {
    return this.limited(() => this.hashNow(password));
  }

  /** The same work whether there is a hash or not; false where there is none. */
  verify(hash: string | null, password: string): Promise<boolean> {
    return this.limited((verify) => verify(hash, password));
  }

  /**
   * Runs `work` once a permit is free and holds it until `work` settles: what must happen right before a
   * comparison, such as reserving the attempt, is not done for callers that still wait or are refused. Inside,
   * use the `verify` handed in: the hasher's own methods wait there for a second permit and can lock up.
   */
  async limited<T>(work: (verify: VerifyPassword) => Promise<T>): Promise<T> {
    if (this.limit.activeCount + this.limit.pendingCount >= this.capacity) throw new HashingOverloaded();
    return this.limit(() => work((hash, password) => this.verifyNow(hash, password)));
  }

  /** True for anything but argon2id at the configured cost or above. */
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
