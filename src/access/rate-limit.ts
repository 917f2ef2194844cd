import { applyDecorators, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { addressBlock } from '../common/request-origin.js';
import type { Config } from '../config/config.js';
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
  token: () => ({ calls: 300, seconds: 60 }),
  archive: () => ({ calls: 10, seconds: 3600 }),
} satisfies Record<string, (config: Config) => { calls: number; seconds: number }>;

type LimitName = keyof typeof LIMITS;

const LIMIT = Symbol('RateLimit');
/** How the metadata of @nestjs/throttler begin. */
const THROTTLER = 'THROTTLER:';
/** On an operation of a document while it is built. */
export const RATE_LIMITED = 'x-rate-limited';

/**
 * Counts the handler's calls under this name; handlers of all contracts that use the name share the count. The documents
 * add its error code.
 */
export const RateLimit = (name: LimitName): MethodDecorator =>
  applyDecorators(SetMetadata(LIMIT, name), ApiExtension(RATE_LIMITED, true));

const limitOf = (context: ExecutionContext): LimitName | undefined =>
  Reflect.getMetadata(LIMIT, context.getHandler()) as LimitName | undefined;

const UNLIMITED = Promise.resolve(true);

/** Whether `@RateLimit` or `@Throttle` is on the handler, or on its class. */
function hasLimit(target: object): boolean {
  const keys = Reflect.getMetadataKeys(target) as unknown[];
  return keys.includes(LIMIT) || keys.some((key) => typeof key === 'string' && key.startsWith(THROTTLER));
}

/**
 * One throttler, `default`, with the limit of the handler's `@RateLimit`, or none. `@Throttle({ default: … })` and
 * `@SkipThrottle()` replace and lift it as @nestjs/throttler documents.
 */
export function throttlerOptions(config: Config): ThrottlerModuleOptions {
  const resolve = (context: ExecutionContext) => {
    const name = limitOf(context);
    return name === undefined ? { calls: Infinity, seconds: 0 } : LIMITS[name](config);
  };
  return {
    throttlers: [
      { limit: (context) => resolve(context).calls, ttl: (context) => resolve(context).seconds * 1000 },
    ],
    skipIf: () => !config.THROTTLE_ENABLED,
  };
}

/** A coarse rate limit on anonymous callers. The core counts guesses at secrets separately (`AttemptsService`). */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /**
   * `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds), as the drafts of RateLimit header fields up to 06 name them:
   * the form that clients read. They tell about the caller's own address block and nothing about an account.
   */
  protected override headerPrefix = 'RateLimit';

  private readonly limited = new WeakMap<object, boolean>();

  /** Most handlers have no limit: one look-up tells. */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    let isLimited = this.limited.get(handler);
    if (isLimited === undefined) {
      isLimited = hasLimit(handler) || hasLimit(context.getClass());
      this.limited.set(handler, isLimited);
    }
    return isLimited ? super.canActivate(context) : UNLIMITED;
  }

  /** A handler without a limit is not counted. */
  protected override handleRequest(request: ThrottlerRequest): Promise<boolean> {
    return request.limit === Infinity ? Promise.resolve(true) : super.handleRequest(request);
  }

  protected override getTracker({ ip }: { ip: string }): Promise<string> {
    return Promise.resolve(addressBlock(ip));
  }

  /** The key of a named limit; of another one, a key of the handler. */
  protected override generateKey(context: ExecutionContext, tracker: string, throttler: string): string {
    const name = limitOf(context);
    return name === undefined ? super.generateKey(context, tracker, throttler) : `${name}:${tracker}`;
  }

  protected override throwThrottlingException(
    context: ExecutionContext,
    { limit, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.headers({
      [`${this.headerPrefix}-Limit`]: limit,
      [`${this.headerPrefix}-Remaining`]: 0,
      [`${this.headerPrefix}-Reset`]: timeToBlockExpire,
    });
    throw new RateLimitExceeded(timeToBlockExpire);
  }
}
