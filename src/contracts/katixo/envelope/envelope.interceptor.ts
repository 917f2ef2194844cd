import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import type { Envelope } from './envelope.js';

const MESSAGE = Symbol('EnvelopeMessage');

/** The message of a response, fixed or chosen by the returned data. */
export type EnvelopeMessage = string | ((data: never) => string);

export const Message = (message: EnvelopeMessage): MethodDecorator => SetMetadata(MESSAGE, message);

/** Wraps the result of a handler in the envelope. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<Envelope> {
    const message = this.reflector.get<EnvelopeMessage>(MESSAGE, context.getHandler());
    return next.handle().pipe(
      map((data: unknown) => ({
        success: true,
        message: typeof message === 'string' ? message : message(data as never),
        data: data ?? null,
        errors: null,
      })),
    );
  }
}
