import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const COUNT = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { hits, redis.call('PTTL', KEYS[1]) }`;

/** Rate limits that several instances share (REDIS_URL). Redis being away is an error, never a free pass. */
@Injectable()
export class RedisRateStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly redis: Redis;

  constructor(url: string) {
    this.redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 2_000, lazyConnect: true });
    // Each failed command tells its caller; without a listener the reconnects would end the process
    this.redis.on('error', () => undefined);
  }

  async increment(key: string, ttl: number, limit: number): Promise<Count> {
    const [totalHits, left] = (await this.redis.eval(COUNT, 1, `gatehouse:rate:${key}`, ttl)) as [
      number,
      number,
    ];
    const timeToExpire = Math.ceil(left / 1000);
    return { totalHits, timeToExpire, isBlocked: totalHits > limit, timeToBlockExpire: timeToExpire };
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
