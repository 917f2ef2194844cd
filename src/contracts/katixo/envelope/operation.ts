import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { Operation as describe, type OperationOptions, type Schema } from '../../shared/operation.js';
import { EnvelopeInterceptor, type EnvelopeMessage, Message } from './envelope.interceptor.js';
import { SECOND_FACTOR_MESSAGE } from './envelope.js';

export interface EnvelopedOptions extends OperationOptions {
  message: EnvelopeMessage;
}

const NOTHING: Schema = { type: 'string', nullable: true, enum: [null], example: null };

/** Documents a handler in one line, and wraps its result in the envelope. */
export const Operation = (summary: string, options: EnvelopedOptions): MethodDecorator =>
  applyDecorators(
    Message(messageOf(options)),
    // The outermost interceptor: the others see the result before it is wrapped
    UseInterceptors(EnvelopeInterceptor),
    describe(summary, options, (data = NOTHING) => envelopeOf(data, options.message)),
  );

function messageOf({ message, secondFactor }: EnvelopedOptions): EnvelopeMessage {
  if (!secondFactor) return message;
  return (data: never) => {
    if ((data as unknown) instanceof secondFactor) return SECOND_FACTOR_MESSAGE;
    return typeof message === 'string' ? message : message(data);
  };
}

function envelopeOf(data: Schema, message: EnvelopeMessage): Schema {
  return {
    type: 'object',
    required: ['success', 'message', 'data', 'errors'],
    properties: {
      success: { type: 'boolean', enum: [true] },
      message: { type: 'string', ...(typeof message === 'string' && { example: message }) },
      data,
      errors: NOTHING,
    },
  };
}
