import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, of } from 'rxjs';
import { IdempotencyService } from '../modules/idempotency/idempotency.service.js';
import { readIdempotencyKey } from '../modules/idempotency/idempotency-key.js';
import { type AccessRequest, originOf } from './request.js';

interface IdempotentOptions {
  /** The handler's work has several transactions, which its service runs by `RequestStepsService`. Default: it has one. */
  inSteps?: boolean;
}

const OPTIONS = Symbol('Idempotent');
/** On an operation of a document while it is built. */
export const IDEMPOTENT = 'x-idempotent';
const HEADER = 'idempotency-key';
/** On an answer that was given before. */
const REPLAYED_HEADER = 'idempotent-replayed';

/**
 * The handler accepts an `Idempotency-Key`: the same request with the same key has one effect and gets the same answer. It
 * runs again if its commit ends in a conflict, so its service has no effect that a rollback leaves. Write it directly
 * above the method, below `@Operation`: its interceptor must be the outermost one, which sees the answer as it is sent,
 * but for a `@BrowserSession()` below, which moves a secret of it. The documents add the header and the error codes.
 */
export const Idempotent = (options: IdempotentOptions = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(OPTIONS, options),
    UseInterceptors(IdempotencyInterceptor),
    ApiExtension(IDEMPOTENT, true),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A key of your choice, such as the UUID `8e03978e-40d5-43e8-bc93-6894a57f9324`: send the request again with ' +
        'the same key if no answer came. It then has no second effect, and within 24 hours you get the answer of the first one. While the first one runs, ' +
        'the answer is 409 with `Retry-After`.',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
      },
    }),
  );

/** Answers requests with an `Idempotency-Key` through `IdempotencyService`. The guards have run before. */
@Injectable()
class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<ReturnType<CallHandler['handle']>> {
    const http = context.switchToHttp();
    const request = http.getRequest<AccessRequest>();
    const header = request.headers[HEADER];
    if (header === undefined) return next.handle();

    const reply = http.getResponse<FastifyReply>();
    const { statusCode } = reply;
    // After a conflict with another transaction, it runs again
    const perform = async () => {
      void reply.status(statusCode);
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body };
    };
    const { inSteps } = this.reflector.get<IdempotentOptions>(OPTIONS, context.getHandler());
    const key = readIdempotencyKey(String(header));
    const answer = await this.idempotency.answer(describe(request, key), perform, inSteps);
    void reply.status(answer.status);
    if (answer.isReplayed) void reply.header(REPLAYED_HEADER, 'true');
    return of(answer.body);
  }
}

function describe(request: AccessRequest, key: string) {
  const { method, routeOptions, caller = null, params, body, inCookie } = request;
  return {
    operation: `${method} ${routeOptions.url ?? ''}`,
    caller,
    address: originOf(request).address,
    key,
    // The texts as they were sent: validation has not changed them yet
    // With the place of the refresh token: a script must not repeat the request to get it in the body
    content: { params, body: body ?? null, ...(inCookie && { inCookie }) },
  };
}
