import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerStorage, type ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { addressBlock } from '../common/request-origin.js';
import { CONFIG, type Config } from '../config/config.js';
import { RateLimitExceeded } from './access.errors.js';

/** Calls allowed from one address block, and the period in seconds. */
const LIMITS = {
  registration: (config: Config) => ({ calls: config.REGISTRATIONS_PER_HOUR, seconds: 3600 }),
  'sign-in': () => ({ calls: 120, seconds: 60 }),
  recovery: () => ({ calls: 30, seconds: 600 }),
  'link-check': () => ({ calls: 60, seconds: 60 }),
  refresh: () => ({ calls: 600, seconds: 60 }),
  export: () => ({ calls: 20, seconds: 600 }),
  message: () => ({ calls: 60, seconds: 600 }),
  'message-list': () => ({ calls: 10, seconds: 600 }),
  picture: () => ({ calls: 30, seconds: 600 }),
  archive: () => ({ calls: 10, seconds: 3600 }),
} satisfies Record<string, (config: Config) => { calls: number; seconds: number }>;

type LimitName = keyof typeof LIMITS;

const LIMIT = Symbol('RateLimit');

/** Counts the handler's calls under this name; handlers of all contracts that use the name share the count. */
export const RateLimit = (name: LimitName): MethodDecorator => SetMetadata(LIMIT, name);

/** A coarse rate limit on anonymous callers. The core counts guesses at secrets separately (`AttemptsService`). */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @InjectThrottlerStorage() private readonly storage: ThrottlerStorage,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const name = this.reflector.get<LimitName | undefined>(LIMIT, context.getHandler());
    if (!name || !this.config.THROTTLE_ENABLED) return true;
    const { calls, seconds } = LIMITS[name](this.config);
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    const key = `${name}:${addressBlock(ip)}`;
    const count = await this.storage.increment(key, seconds * 1000, calls, seconds * 1000, name);
    if (count.isBlocked) throw new RateLimitExceeded(count.timeToBlockExpire);
    return true;
  }
}
