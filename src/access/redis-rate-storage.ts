import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import { traced } from '../common/tracing.js';
import type { Metrics } from '../modules/metrics/metrics.js';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const COUNT = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`;

/** Without the key, which contains the client's address. */
const SPAN = { name: 'EVAL', attributes: { 'db.system.name': 'redis', 'db.operation.name': 'EVAL' } };

const PROBE_KEY = 'gatehouse:rate-probe';

/** Between two tries to reach Redis again. */
const PROBE_MS = 1_000;

/** A connection is opened in the background, where nobody waits for it. */
const CONNECT_MS = 2_000;

/**
 * Rate limits that several instances share (REDIS_URL). While Redis does not answer, this process counts for itself: each
 * limit then applies to each instance. A request waits for Redis at most REDIS_TIMEOUT_MS, and not at all from the first
 * failure until Redis has answered in the background.
 */
export class RedisRateStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly logger = new Logger('RateLimits');
  private readonly own = new ThrottlerStorageService();
  private readonly stopping = new AbortController();
  /** Null while Redis does not answer. */
  private redis: Redis | null = null;

  private constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
    private readonly metrics: Metrics,
  ) {}

  /** Tries to connect, but does not insist. */
  static async open(url: string, timeoutMs: number, metrics: Metrics): Promise<RedisRateStorage> {
    const storage = new RedisRateStorage(url, timeoutMs, metrics);
    if (!(await storage.connect())) storage.countHere();
    return storage;
  }

  async increment(...limit: Parameters<ThrottlerStorage['increment']>): Promise<Count> {
    const [key, ttl, most] = limit;
    const { redis } = this;
    if (!redis) return this.own.increment(...limit);
    try {
      const counted = await traced(
        () => SPAN,
        () => redis.eval(COUNT, 1, `gatehouse:rate:${key}`, ttl),
      );
      const [totalHits, left] = counted as [number, number];
      const timeToExpire = Math.ceil(left / 1000);
      return { totalHits, timeToExpire, isBlocked: totalHits > most, timeToBlockExpire: timeToExpire };
    } catch {
      this.metrics.countSharedLimitFailure();
      this.lose(redis);
      return this.own.increment(...limit);
    }
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
    this.redis?.disconnect();
    this.own.onApplicationShutdown();
  }

  /** Of the requests that find out at the same time, one begins the search. */
  private lose(lost: Redis): void {
    if (this.redis !== lost || this.stopping.signal.aborted) return;
    this.redis = null;
    lost.disconnect();
    this.countHere();
  }

  private countHere(): void {
    this.metrics.setLimitsShared(false);
    this.logger.warn('Redis does not answer; each instance counts its route limits by itself until it does');
    void this.search();
  }

  private async search(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted && !(await this.connect())) {
      await delay(PROBE_MS, undefined, { signal }).catch(() => undefined);
    }
    if (!signal.aborted) this.logger.log('Redis answers again; the instances share their route limits');
  }

  /** A new connection each time: the network may have forgotten an old one without a word. */
  private async connect(): Promise<boolean> {
    const redis = new Redis(this.url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: this.timeoutMs,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    // Failures reject connect and the commands; without a listener they would end the process
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      // A replica, or a Redis without memory, answers a PING and cannot count
      await redis.eval(COUNT, 1, PROBE_KEY, PROBE_MS);
    } catch {
      redis.disconnect();
      return false;
    }
    this.redis = redis;
    this.metrics.setLimitsShared(true);
    redis.once('end', () => this.lose(redis));
    return true;
  }
}
