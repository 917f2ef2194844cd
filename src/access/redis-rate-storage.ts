import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import { SharedLimitsUnavailable } from './access.errors.js';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const COUNT = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`;

/** Rate limits shared by several instances (REDIS_URL). If Redis does not answer, limited requests are refused. */
@Injectable()
export class RedisRateStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly redis: Redis;

  constructor(url: string, timeoutSeconds: number) {
    const commandTimeout = timeoutSeconds * 1000;
    this.redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout, lazyConnect: true });
    // Each failed command rejects by itself; without a listener a failed reconnect would end the process
    this.redis.on('error', () => undefined);
  }

  /** Throws SharedLimitsUnavailable if Redis does not answer. */
  async increment(key: string, ttl: number, limit: number): Promise<Count> {
    const counted = this.redis.eval(COUNT, 1, `gatehouse:rate:${key}`, ttl) as Promise<[number, number]>;
    const [totalHits, left] = await counted.catch((cause: unknown) => {
      throw new SharedLimitsUnavailable(cause);
    });
    const timeToExpire = Math.ceil(left / 1000);
    return { totalHits, timeToExpire, isBlocked: totalHits > limit, timeToBlockExpire: timeToExpire };
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
